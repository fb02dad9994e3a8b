"""The numbers a security is known by beside its symbol: ISIN (ISO 6166) and national identification number (NIN).

A NIN has the form of the rules by which the Republic gave them until 2018 (resolution of the Agency for financial
supervision of 29.10.2008 No. 158, annex 2); nothing here rests on its last sign.
"""

import re
from collections.abc import Iterable, Mapping

from kase_fix.messages.configuration import Instrument

_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_NIN = re.compile(r"KZ[0-9A-HJ-NP-Z]{10}")
ISIN_EXPECTED = "an ISIN: two letters, nine letters or digits, and its check digit"
NIN_EXPECTED = "a national number: KZ and ten digits or capital letters, but I and O"
NONE_EXPECTED = "none: only securities and futures have one"
UNNUMBERED = ("currency", "swap", "repo")
"""Settlement schemes of what is no security or contract itself."""


def is_isin(text: str) -> bool:
    """Tell whether a text has the form of an ISIN and its check digit is right (ISO 6166, Luhn over its digits)."""
    if not _ISIN.fullmatch(text):
        return False
    digits = [int(digit) for letter in text for digit in str(int(letter, 36))]
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(sum(divmod(number, 10)) for number in doubled) % 10 == 0


def is_nin(text: str) -> bool:
    """Tell whether a text has the form of a national identification number."""
    return _NIN.fullmatch(text) is not None


def numbers_of(instruments: Iterable[Instrument]) -> dict[str, str]:
    """Return the symbol of every number that these instruments have."""
    return {number: one.symbol for one in instruments for number in (one.isin, one.nin) if number}


def mistaken(instrument: Instrument, taken: Mapping[str, str]) -> tuple[str, str]:
    """Return which of its numbers cannot be (`isin`, `nin`) and what was expected there; both empty: all is well.

    No number is that of two instruments: `taken` has the symbol of each that is given.
    """
    for key, number, sound, expected in (
        ("isin", instrument.isin, is_isin, ISIN_EXPECTED),
        ("nin", instrument.nin, is_nin, NIN_EXPECTED),
    ):
        if not number:
            continue
        if instrument.scheme in UNNUMBERED:
            return key, NONE_EXPECTED
        if not sound(number):
            return key, expected
        if taken.get(number, instrument.symbol) != instrument.symbol:
            return key, f"another number than that of {taken[number]}"
    return "", ""
