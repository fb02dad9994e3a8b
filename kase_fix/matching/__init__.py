"""The order book and one module for each method of trading."""
