"""What an instrument must have before it can be listed, whoever lists it (art. 2 p. 1, 6)."""

import msgspec

from kase_fix.messages.configuration import Group, Instrument
from kase_fix.rulebook.listing import FIRST_LEGS, SWAP_TERMS, TERMS
from kase_fix.rulebook.price_kind import traded_kind

BOND_KINDS = ("clean", "dirty")


def completed(instrument: Instrument, group: Group) -> Instrument:
    """Return the instrument with what its group gives where it says nothing itself.

    A bond nobody said the kind of price of trades as its terms make it (art. 24 p. 2; R-20).
    """
    kind = instrument.price_kind
    if group.price_kind == "bond" and not kind and instrument.bond is not None:
        kind = traded_kind(instrument.bond, instrument.price_decision)
    return msgspec.structs.replace(instrument, scheme=instrument.scheme or group.settlement, price_kind=kind)


def lacking(instrument: Instrument, group: Group) -> str:
    """Return the name of the first parameter an instrument cannot trade without and has not; empty: it has all."""
    scheme = instrument.scheme
    for missing, name in (
        (not instrument.quote, "quote"),
        (scheme == "currency" and instrument.term not in TERMS, "term"),
        (scheme == "swap" and instrument.term not in SWAP_TERMS, "term"),
        (scheme == "swap" and instrument.first_leg not in FIRST_LEGS, "first_leg"),
        (scheme == "repo" and instrument.days <= 0, "days"),
        (scheme in ("repo", "future") and not instrument.underlying, "underlying"),
        (group.price_kind == "bond" and instrument.price_kind not in BOND_KINDS, "price_kind"),
    ):
        if missing:
            return name
    return ""
