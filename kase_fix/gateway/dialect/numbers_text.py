"""The numbers of a security in y, d and f of both dialects: SecurityID(48) by its source(22), the other one in 454.

FIX44 names it by its ISIN, NEXT by its national number (the clients' 48 is the NIN), each by the other where it has
only that. A security without any is known by its Symbol(55) alone.
"""

from kase_fix.messages.configuration import Instrument

_BY_ISIN, _BY_EXCHANGE = "4", "8"
"""SecurityIDSource(22), SecurityAltIDSource(456); FIX has no source of its own for national numbers."""


def security_id(dialect: str, instrument: Instrument) -> str:
    """Return 48 and 22 of an instrument; empty: it has no number."""
    return "".join(f"48={number}\x0122={source}\x01" for number, source in _numbers(dialect, instrument)[:1])


def security_ids(dialect: str, instrument: Instrument) -> str:
    """Return 48 and 22 of an instrument, and 454{455, 456} where it has a second number."""
    others = _numbers(dialect, instrument)[1:]
    group = f"454={len(others)}\x01" if others else ""
    entries = "".join(f"455={number}\x01456={source}\x01" for number, source in others)
    return security_id(dialect, instrument) + group + entries


def _numbers(dialect: str, instrument: Instrument) -> list[tuple[str, str]]:
    """Return its numbers with their sources, the one the dialect names it by first; one that is both stands once."""
    national = "" if instrument.nin == instrument.isin else instrument.nin
    isin, nin = (instrument.isin, _BY_ISIN), (national, _BY_EXCHANGE)
    return [one for one in ((nin, isin) if dialect == "NEXT" else (isin, nin)) if one[0]]
