"""Events as plain JSON for people: every field by its name, prices as decimal text, moments with Almaty's offset."""

import datetime as dt
import enum
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from kase_fix.console.moments import iso
from kase_fix.messages.auction_events import AuctionDrawn
from kase_fix.messages.events import Event, Published
from kase_fix.values.numbers import format_price

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"
Decimals: TypeAlias = Callable[[str], int]
"""How many decimals at the least the prices of a symbol have."""

PRICES = frozenset(
    {
        "price",
        "average",
        "last_deal",
        "max_price",
        "coupon",
        "cut_off",
        "lowest",
        "highest",
        "least",
        "closing_price",
        "rate",
        "spread",
        "stop_price",
        "bid",
        "offer",
        "buy",
        "sell",
    }
)
"""Fields of events that are prices; a price is an integer like any other, so only its name tells."""
PRICES_BY_SYMBOL = frozenset({"last_deals", "collateral", "averages"})
MOMENTS = frozenset({"entered"})
UNPUBLISHED = (AuctionDrawn,)
"""Events that nobody is told, not here either: who knew when a standby ends could wait for it (art. 7 p. 1-2, 4)."""


def plain_events(published: Published, decimals: Decimals) -> list[Plain]:
    """Return a command's events, each with the command's number and moment and its own place among them."""
    return [
        {
            "seq": published.number,
            "index": index,
            "time": iso(published.time),
            "event": _tag(event),
            **_fields(event, decimals),
        }
        for index, event in enumerate(published.events)
        if not isinstance(event, UNPUBLISHED)
    ]


def _tag(event: Event) -> str:
    return str(type(event).__struct_config__.tag)


def _fields(struct: msgspec.Struct, decimals: Decimals) -> dict[str, Plain]:
    symbol = getattr(struct, "symbol", "")
    places = decimals(symbol) if symbol else 0
    return {name: _plain(getattr(struct, name), name, places, decimals) for name in struct.__struct_fields__}


def _plain(value: object, name: str, places: int, decimals: Decimals) -> Plain:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, enum.Enum):
        return value.name.lower()
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return format_price(value, places) if name in PRICES else iso(value) if name in MOMENTS else value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, msgspec.Struct):
        return _fields(value, decimals)
    if isinstance(value, dict) and name in PRICES_BY_SYMBOL:
        return {symbol: format_price(price, decimals(symbol)) for symbol, price in value.items()}
    if isinstance(value, dict):
        return {str(key): _plain(item, name, places, decimals) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, name, places, decimals) for item in value]
    raise TypeError(f"{name} is a {type(value).__name__}, which has no plain form")
