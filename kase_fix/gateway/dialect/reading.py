"""Values of a message's fields, and the problem where one is missing or wrong."""

import datetime as dt
import re
from typing import TypeVar

from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.problems import SessionReason, Unreadable, wrong
from kase_fix.values.enums import STOPS, OrderKind, Side, TimeInForce
from kase_fix.values.numbers import (
    GREATEST,
    PRICE_DECIMALS,
    PRICE_SCALE,
    NotADecimal,
    Price,
    Quantity,
    parse_price,
    parse_quantity,
)

T = TypeVar("T", bound=str)

_SIDES = {"1": Side.BUY, "2": Side.SELL}
_KINDS = {
    "1": OrderKind.MARKET,
    "2": OrderKind.LIMIT,
    "3": OrderKind.STOP,
    "4": OrderKind.STOP_LIMIT,
    "G": OrderKind.SWAP,
    "R": OrderKind.DIRECT_REPO,
    "A": OrderKind.AUTOMATIC_REPO,
}
_TIMES_IN_FORCE = {
    "0": TimeInForce.DAY,
    "1": TimeInForce.GTC,
    "2": TimeInForce.AT_OPENING,
    "3": TimeInForce.IOC,
    "4": TimeInForce.FOK,
    "5": TimeInForce.GTX,
    "6": TimeInForce.GTD,
    "7": TimeInForce.DAY,  # sent by real NEXT clients
}


def required(fields: Fields, tag: int) -> str:
    """Return the text of a tag. Raises `Unreadable` (373=1) where it is missing, (373=4) where it is empty."""
    text = fields.get(tag)
    if text:
        return text
    if text is None:
        raise wrong(fields, tag, SessionReason.TAG_MISSING, f"Required tag {tag} is missing")
    raise wrong(fields, tag, SessionReason.TAG_WITHOUT_VALUE, f"Tag {tag} has no value")


def price(fields: Fields, tag: int) -> Price | None:
    """Return a price in 10^-8 of its unit, None where it is absent. Raises `Unreadable` (373=6; 373=5 too large)."""
    text = fields.get(tag)
    if text is None:
        return None
    try:
        return parse_price(text)
    except NotADecimal:
        if _is_decimal(text, PRICE_DECIMALS):
            raise _too_large(fields, tag, GREATEST // PRICE_SCALE) from None
        raise _format(fields, tag, "a decimal number with at most 8 decimals and no exponent") from None


def quantity(fields: Fields, tag: int) -> Quantity | None:
    """Return a whole quantity, None where it is absent. Raises `Unreadable` (373=6; 373=5 too large)."""
    text = fields.get(tag)
    if text is None:
        return None
    try:
        return parse_quantity(text)
    except NotADecimal:
        if _is_decimal(text, 0):
            raise _too_large(fields, tag, GREATEST) from None
        raise _format(fields, tag, "a whole number") from None


def required_quantity(fields: Fields, tag: int) -> Quantity:
    """Return a whole quantity. Raises `Unreadable` where it is missing or none."""
    found = quantity(fields, tag)
    if found is None:
        raise wrong(fields, tag, SessionReason.TAG_MISSING, f"Required tag {tag} is missing")
    return found


def number(fields: Fields, tag: int, default: int, greatest: int) -> int:
    """Return a small count from 0 to `greatest`. Raises `Unreadable` (373=6 no number, 373=5 too great)."""
    text = fields.get(tag)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _format(fields, tag, "a whole number")
    if int(text) > greatest:
        raise _range(fields, tag)
    return int(text)


def one_of(fields: Fields, tag: int, known: tuple[T, ...]) -> T:
    """Return the one of these values a required tag has. Raises `Unreadable` (373=1, 373=5)."""
    text = required(fields, tag)
    for value in known:
        if value == text:
            return value
    raise _range(fields, tag)


def date(fields: Fields, tag: int) -> dt.date | None:
    """Return a date (YYYYMMDD), None where it is absent. Raises `Unreadable` (373=6)."""
    text = fields.get(tag)
    if text is None:
        return None
    try:
        if not (text.isascii() and text.isdigit() and len(text) == 8):
            raise ValueError(text)
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise _format(fields, tag, "a date YYYYMMDD") from None


def side(fields: Fields) -> Side:
    """Return Side(54). Raises `Unreadable` (373=1, 373=5: the market knows buyers and sellers only)."""
    found = _SIDES.get(required(fields, 54))
    if found is None:
        raise _range(fields, 54)
    return found


def optional_side(fields: Fields) -> Side | None:
    """Return Side(54), None where it is absent. Raises `Unreadable` (373=5)."""
    return side(fields) if 54 in fields else None


def kind(fields: Fields) -> OrderKind:
    """Return OrdType(40); kinds we do not trade are OTHER and refused by rule. Raises `Unreadable` (373=1)."""
    return _KINDS.get(required(fields, 40), OrderKind.OTHER)


def optional_kind(fields: Fields) -> OrderKind | None:
    """Return OrdType(40), None where it is absent."""
    return kind(fields) if 40 in fields else None


def time_in_force(fields: Fields) -> TimeInForce | None:
    """Return TimeInForce(59), None where it is absent. Raises `Unreadable` (373=5)."""
    text = fields.get(59)
    if text is None:
        return None
    found = _TIMES_IN_FORCE.get(text)
    if found is None:
        raise _range(fields, 59)
    return found


def limit_price(fields: Fields, of_kind: OrderKind | None) -> Price | None:
    """Return Price(44). An order that has none, market or stop, may say 44=0, as FIX clients write it."""
    found = price(fields, 44)
    return None if found == 0 and of_kind in (OrderKind.MARKET, OrderKind.STOP) else found


def stop_price(fields: Fields, of_kind: OrderKind | None) -> Price | None:
    """Return StopPx(99). What is no stop order may say 99=0."""
    found = price(fields, 99)
    return None if found == 0 and of_kind is not None and of_kind not in STOPS else found


def poss_resend(fields: Fields) -> bool:
    """Return PossResend(97), or PossDupFlag(43): QuickFIX may ask again for what was journalled just before a crash."""
    return fields.get(97) == "Y" or fields.get(43) == "Y"


def _is_decimal(text: str, decimals: int) -> bool:
    """Tell whether a text is a plain number that fits the scale, however large."""
    return re.fullmatch(rf"-?\d+(\.\d{{0,{decimals}}}0*)?|-?\.\d{{1,{decimals or 1}}}0*", text, re.ASCII) is not None


def _too_large(fields: Fields, tag: int, greatest: int) -> Unreadable:
    return wrong(fields, tag, SessionReason.OUT_OF_RANGE, f"Tag {tag} is too large: the greatest is {greatest}")


def _format(fields: Fields, tag: int, wanted: str) -> Unreadable:
    return wrong(fields, tag, SessionReason.WRONG_FORMAT, f"Tag {tag} must be {wanted}")


def _range(fields: Fields, tag: int) -> Unreadable:
    return wrong(fields, tag, SessionReason.OUT_OF_RANGE, f"Value of tag {tag} is out of range")
