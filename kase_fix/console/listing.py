"""An instrument as an operator describes it: what is listed already, with what changes (art. 2 p. 6)."""

from collections.abc import Callable
from typing import Any, TypeAlias, get_type_hints

import msgspec

from kase_fix.console.given import Given, Wrong
from kase_fix.messages.configuration import Instrument
from kase_fix.rulebook.identifiers import ISIN_EXPECTED, NIN_EXPECTED, is_isin, is_nin
from kase_fix.values.numbers import NotADecimal, parse_price

Listed: TypeAlias = Callable[[str], Instrument | None]
"""The listed instrument of a symbol."""

NEEDED = ("group", "board", "currency", "quote")
"""What a new listing cannot do without."""
NOT_HERE = ("symbol", "last_deal", "average", "price_decision")
"""Fields of an instrument that are named otherwise, grow by trading, or are decided by a command of their own."""
HINTS = get_type_hints(Instrument)
NUMBERS = (("isin", is_isin, ISIN_EXPECTED), ("nin", is_nin, NIN_EXPECTED))


def instrument(given: Given, listed: Listed) -> Instrument:
    """Return the listed instrument with the fields given, or a new one. Raises `Wrong`."""
    symbol = given.text("symbol", "an instrument")
    before = listed(symbol)
    fields = {name: value for name in HINTS if name not in NOT_HERE and (value := _field(given, name)) is not None}
    for name, sound, expected in NUMBERS:
        if fields.get(name) and not sound(fields[name]):
            raise Wrong(name, repr(fields[name]), expected)
    if before is not None:
        return msgspec.structs.replace(before, **fields)
    for name in NEEDED:
        if name not in fields:
            raise Wrong(name, "nothing", f"the {name} of {symbol}, which is not listed yet")
    return Instrument(symbol=symbol, **({"term": ""} | fields))


def _field(given: Given, name: str) -> Any:
    """Return a field's value in the type it has; None where it was not given."""
    value = given.value(name)
    if value is None:
        return None
    kind = HINTS[name]
    if kind == tuple[str, ...]:
        return given.names(name, "names with commas between them")
    if kind is str:
        return given.text(name, "a text", "")
    if name in ("opens", "closes"):
        return given.time(name)
    try:
        converted = msgspec.convert(_decimals(value), kind, strict=False)
    except (msgspec.ValidationError, NotADecimal) as error:
        raise Wrong(name, repr(value), str(error)) from None
    if isinstance(converted, int) and converted < (1 if name == "lot" else 0):
        raise Wrong(name, repr(value), "a positive number")
    return converted


def _decimals(value: object) -> object:
    """Return bond terms with the coupon, decimal text, as the number it is inside."""
    if isinstance(value, dict) and isinstance(value.get("coupon"), str):
        return {**value, "coupon": parse_price(value["coupon"])}
    return value
