"""The FIX dictionaries we validate with and publish: made by `scripts/make_dictionaries.py`, never edited."""

from pathlib import Path

FIX44 = Path(__file__).parent / "FIX44.xml"
"""The whole FIX44 dialect."""
FIXT11 = Path(__file__).parent / "FIXT11.xml"
"""Session messages and the header of the NEXT dialect (TransportDataDictionary)."""
FIX50 = Path(__file__).parent / "FIX50.xml"
"""Application messages of the NEXT dialect (AppDataDictionary)."""
