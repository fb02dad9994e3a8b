"""A small market, orders of it, and quickfix as the judge of a text: what the tests of the dialects share."""

import datetime as dt

import msgspec
import quickfix as fix

from kase_fix.gateway import dictionaries
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.fix_text import SOH, frame
from kase_fix.gateway.dialect.listing import listing
from kase_fix.messages.configuration import Board, Clauses, Group, Instrument, MarketConfiguration
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.order_state import OrderState
from kase_fix.values.enums import OrderKind, OrderStatus, Side, TimeInForce

FIX44 = fix.DataDictionary(str(dictionaries.FIX44))
FIXT11 = fix.DataDictionary(str(dictionaries.FIXT11))
FIX50 = fix.DataDictionary(str(dictionaries.FIX50))

TIME = 1_590_557_400_123_456_789  # 2020-05-27 05:30:00.123456789 UTC
DAY = dt.date(2020, 5, 27)


def _group(name: str, decimals: int, limit: int | None) -> Group:
    clauses = Clauses("art. 4 p. 1", "art. 12 p. 5", "art. 12 p. 6")
    return Group(name, f"Spot {name}", "fx", "NF_", 1000, decimals, clauses, limit_hundredths=limit)


MARKET = MarketConfiguration(
    groups=(_group("EURKZT", 2, 300), _group("EURUSD", 4, None)),
    boards=(Board("CETS", "Continuous", "continuous", dt.time(10, 30), dt.time(17), "art. 4 p. 1"),),
    instruments=(
        Instrument("EURKZT_TOM", "EURKZT", "CETS", "EUR", "KZT", "TOM"),
        Instrument("EURKZT_TOD", "EURKZT", "CETS", "EUR", "KZT", "TOD"),
        Instrument("EURUSD_TOM", "EURUSD", "CETS", "EUR", "USD", "TOM"),
    ),
    ladders=(),
    users=(),
)
LISTING = listing(MARKET)


def an_order(**changed: object) -> OrderState:
    """Return a resting order of FIRMA; `changed` are fields of `OrderState`."""
    fields = {
        "order_id": "NF_17", "user": "FIRMA", "firm": "FIRMA", "cl_ord_id": "a1", "account": "F_FIRMA_0000",
        "symbol": "EURKZT_TOM", "board": "CETS", "side": Side.BUY, "kind": OrderKind.LIMIT, "tif": TimeInForce.DAY,
        "quantity": 2000, "leaves": 2000, "filled": 0, "status": OrderStatus.NEW, "price": 45_010_000_000,
        "average": 0, "display": None, "expire_date": None, "text": "", "transact_time": "", "entered": TIME,
    }  # fmt: skip
    return OrderState(**{**fields, **changed})  # type: ignore[arg-type]


def a_deal(symbol: str = "EURKZT_TOM", price: int = 45_010_000_000) -> Deal:
    """Return a deal of 1000 between a resting buyer and an incoming seller, who is done with it."""
    buy = an_order(symbol=symbol, leaves=1000, filled=1000, status=OrderStatus.PARTIALLY_FILLED, average=price)
    sell = an_order(
        order_id="NF_18", user="00100", firm="00100", cl_ord_id="b1", account="F_00100_0000", side=Side.SELL,
        symbol=symbol, quantity=1000, leaves=0, filled=1000, status=OrderStatus.FILLED, average=price,
    )  # fmt: skip
    return Deal("18-1", symbol, "CETS", price, 1000, dt.date(2020, 5, 28), Side.SELL, "continuous", buy, sell)


def a_direct_deal() -> Deal:
    """Return a direct deal of two who named each other and a reference, which repeats deal 7-1."""
    deal = a_deal()
    buy = an_order(leaves=0, filled=2000, status=OrderStatus.FILLED, direct=DirectTerms("00100", "ref", "7-1"))
    sell = msgspec.structs.replace(deal.sell, direct=DirectTerms("FIRMA", "ref", "7-1"))
    return msgspec.structs.replace(deal, method="repeated", buy=buy, sell=sell, replaces="7-1")


def text(*parts: object) -> str:
    """Return a message body from "tag=value" parts."""
    return "".join(f"{part}{SOH}" for part in parts)


def flat(body: str) -> list[str]:
    """Return a body as its parts."""
    return body.split(SOH)[:-1]


def one(body: str, tag: int) -> str | None:
    """Return the only value of a tag."""
    values = [part.partition("=")[2] for part in flat(body) if part.startswith(f"{tag}=")]
    assert len(values) < 2, (tag, values)
    return values[0] if values else None


def validated(dialect: str, body: str, sender: str = "KASE", target: str = "FIRMA") -> str:
    """Have quickfix parse and validate a body under our dictionary; return what it would send. Raises its errors."""
    kind, _, rest = body.partition(SOH)
    header = text(kind, "34=2", f"49={sender}", "52=20200527-05:30:00.123", f"56={target}")
    if dialect == "FIX44":
        message = fix.Message(frame(fix44.BEGIN_STRING, header + rest), FIX44, True)
        FIX44.validate(message)
        return str(message.toString())
    message = fix.Message(frame(next_.BEGIN_STRING, header + rest), FIXT11, FIX50, True)
    if kind in {"35=0", "35=1", "35=2", "35=3", "35=4", "35=5", "35=A"}:
        FIXT11.validate(message)
    else:
        fix.DataDictionary.validate(message, FIXT11, FIX50)
    return str(message.toString())
