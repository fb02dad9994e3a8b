"""kase_fix: the FIX trading gateway and engine of the exchange's systems AST and NEXT."""

__version__ = "0.1.0"
