"""Market data as text: W snapshots, X increments, Y refusals, of both dialects."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from kase_fix.gateway.dialect.fix_text import date_text, utc_timestamp
from kase_fix.values.numbers import Price, Quantity, format_price

NEW, CHANGE, DELETE = "0", "1", "2"
"""MDUpdateAction(279)."""
BID, OFFER, TRADE = "0", "1", "2"
OPENING, CLOSING, HIGH, LOW, AVERAGE, VOLUME = "4", "5", "7", "8", "9", "B"
EMPTY = "J"
"""In W alone: there is nothing else to tell, but RptSeq(83). Of FIX 5.0, in FIX44 a variation."""
IMBALANCE, CLEARING = "A", "Q"
"""MDEntryType(269); Q is of FIX 5.0, in FIX44 a variation."""
EVERYTHING = (BID, OFFER, TRADE, OPENING, CLOSING, HIGH, LOW, CLEARING, IMBALANCE)
"""What one gets who names none; NEXT has the others in its statistics."""
KNOWN = (*EVERYTHING, AVERAGE, VOLUME)
"""What may be asked for."""
MORE_BUYERS, MORE_SELLERS = "P", "Q"
"""TradeCondition(277) of an imbalance."""
METHODS = {
    "frankfurt": "X",
    "direct": "W",
    "repo_direct": "W",
    "prolonged": "W",
    "repeated": "AK",
    "fixing": "Y",
    "specialised": "e",
}
"""TradeCondition(277) of a deal that is not of continuous trading, by its method.

Values of FIX.5.0, which NEXT clients know, each as near as there is one: crossed, ex-pit, prior reference price,
resulting from manual trading, distribution. In FIX44 variations.
"""
YESTERDAY = "4"
"""OpenCloseSettlFlag(286) of a closing price of a day before."""
THEORETICAL = "5"
"""OpenCloseSettlFlag(286) of an auction that has not ended yet."""

UNKNOWN_SYMBOL, DUPLICATE_REQUEST, NO_PERMISSION = "0", "1", "3"
BANDWIDTH = "2"
UNSUPPORTED_SUBSCRIPTION, UNSUPPORTED_DEPTH, UNSUPPORTED_UPDATE, UNSUPPORTED_ENTRY = "4", "5", "6", "8"
UNSUPPORTED_AGGREGATION = "7"
"""MDReqRejReason(281)."""


class Entry(msgspec.Struct, frozen=True):
    """One entry of W or X: a level, an order, a deal or an auction. None, empty and 0 are left out, the price apart."""

    type: str
    price: Price | None
    quantity: Quantity | None = None
    orders: int = 0
    """NumberOfOrders(346) of a level."""
    position: int = 0
    """MDEntryPositionNo(290), 1 for the best."""
    time: int = 0
    """272 and 273, nanoseconds UTC."""
    id: str = ""
    """MDEntryID(278): the order's or the deal's; in FIX44's W a variation."""
    settlement: dt.date | None = None
    """SettlDate(64); in FIX44 a variation."""
    session: int | str = 0
    """TradingSessionID(336): the session's serial in NEXT, whose clients need it in X; a board's code in FIX44."""
    action: str = NEW
    """279, X only."""
    symbol: str = ""
    """55, X only: W names the symbol once."""
    decimals: int = 0
    """Decimals the price is shown with."""
    condition: str = ""
    """TradeCondition(277)."""
    flag: str = ""
    """OpenCloseSettlFlag(286)."""
    deals: int = 0
    """DealsCount(5067) of a volume; in FIX44 a variation."""
    turnover: str = ""
    """DealsVolume(5068) of a volume, in tenge (repo by term: in its currency), decimal text; in FIX44 a variation."""
    members: int = 0
    """MembersDealsQty(5119) of a volume; in FIX44 a variation."""


class Terms(msgspec.Struct, frozen=True):
    """What messages of one kind have in common."""

    is_next: bool = False
    book: int = 2
    """MDBookType(1021), which only NEXT knows."""
    session: int | str = ""
    """TradingSessionID(336) of the entries that have none of their own."""


class Statistics(msgspec.Struct, frozen=True):
    """X of NEXT, an entry without 269: the session in numbers so far. Prices in 10^-8 of their unit."""

    symbol: str
    session: int
    state: str
    """TradingSessionSubID(625), from `SESSION_STATES`."""
    decimals: int = 0
    orders: int | None = None
    last: Price | None = None
    volume: Quantity | None = None
    """TradeVolume(1020)."""
    deals: int | None = None
    """DealsCount(5067)."""
    counter_volume: str = ""
    """DealsVolume(5068), in the quotation currency or, where the price is no money, in tenge, as decimal text."""
    average: Price | None = None
    """AverageWeightedPrice(5116)."""
    opened: int = 0
    """TradeSessionOpenTime(5049), nanoseconds UTC."""
    closed: int = 0
    """TradeSessionCloseTime(5050), nanoseconds UTC."""
    entered: int = 0
    """OrdersCount(5118): orders taken today."""
    dealers: int = 0
    """MembersDealsQty(5119)."""
    members: int = 0
    """MembersOrdersQty(5120)."""
    before: Price | None = None
    """PrevDayDealPrice(5106): the last deal before today."""
    average_before: Price | None = None
    """LastDayAvgPrice(5157): of the last session with deals before today."""
    action: str = CHANGE


def snapshot(request_id: str, symbol: str, entries: Sequence[Entry], terms: Terms, number: int = 0) -> str:
    """Return the body of W: everything asked for of one symbol, as of RptSeq(83) `number`.

    In FIX44 83 stands before the group, a variation; in NEXT in each entry. Where there is nothing an entry of type J
    says so.
    """
    shown = entries or (Entry(EMPTY, None),)
    if not terms.is_next:
        texts = [f"269={entry.type}\x01{_id(entry)}{_values(entry, terms.session)}" for entry in shown]
        head = f"35=W\x01{_request(request_id)}55={symbol}\x0183={number}\x01"
    else:
        texts = [
            f"269={entry.type}\x01{_id(entry)}{_values(entry, terms.session, counts=False)}83={number}\x01"
            for entry in shown
        ]
        head = f"35=W\x011021={terms.book}\x01{_request(request_id)}55={symbol}\x01"
    return f"{head}268={len(texts)}\x01{''.join(texts)}"


def incremental(request_id: str, entries: Sequence[Entry | Statistics], terms: Terms, number: int = 0) -> str:
    """Return the body of X; its entries have RptSeq(83) from `number` on. They take effect together."""
    texts = [
        _statistics(entry, place) if isinstance(entry, Statistics) else _increment(entry, terms.session, place)
        for place, entry in enumerate(entries, number)
    ]
    kind = f"1021={terms.book}\x01" if terms.is_next else ""
    return f"35=X\x01{kind}{_request(request_id)}268={len(texts)}\x01{''.join(texts)}"


def refusal(request_id: str, reason: str, text: str) -> str:
    """Return the body of Y: `reason` is MDReqRejReason(281)."""
    return f"35=Y\x01262={request_id}\x01281={reason}\x0158={text}\x01"


def _request(request_id: str) -> str:
    return f"262={request_id}\x01" if request_id else ""


def _id(entry: Entry) -> str:
    return f"278={entry.id}\x01" if entry.id else ""


def _increment(entry: Entry, session: int | str, number: int) -> str:
    kind = f"279={entry.action}\x01269={entry.type}\x01{_id(entry)}55={entry.symbol}\x01"
    return f"{kind}{_values(entry, session)}83={number}\x01"


def _values(entry: Entry, default_session: int | str, counts: bool = True) -> str:
    """Return what an entry has besides its type; `counts`: deals, turnover, members of a volume, not in W of NEXT."""
    price = "" if entry.price is None else f"270={format_price(entry.price, entry.decimals)}\x01"
    quantity = "" if entry.quantity is None else f"271={entry.quantity}\x01"
    serial = entry.session or default_session
    session = f"336={serial}\x01" if serial else ""
    condition = f"277={entry.condition}\x01" if entry.condition else ""
    flag = f"286={entry.flag}\x01" if entry.flag else ""
    orders = f"346={entry.orders}\x01" if entry.orders else ""
    position = f"290={entry.position}\x01" if entry.position else ""
    settlement = f"64={date_text(entry.settlement)}\x01" if entry.settlement else ""
    text = f"{price}{quantity}{_time(entry.time)}{session}{condition}{flag}{orders}{position}{settlement}"
    if entry.type != VOLUME or not counts or entry.quantity is None:
        return text
    turnover = f"5068={entry.turnover}\x01" if entry.turnover else ""
    members = f"5119={entry.members}\x01" if entry.members else ""
    return f"{text}5067={entry.deals}\x01{turnover}{members}"


def _time(time: int) -> str:
    """Return MDEntryDate(272) and MDEntryTime(273), UTC."""
    if not time:
        return ""
    date, _, of_day = utc_timestamp(time).partition("-")
    return f"272={date}\x01273={of_day}\x01"


def _statistics(entry: Statistics, number: int) -> str:
    last = "" if entry.last is None else f"31={format_price(entry.last, entry.decimals)}\x01"
    average = "" if entry.average is None else f"5116={format_price(entry.average, entry.decimals)}\x01"
    opened = f"5049={utc_timestamp(entry.opened)}\x01" if entry.opened else ""
    closed = f"5050={utc_timestamp(entry.closed)}\x01" if entry.closed else ""
    counter = f"5068={entry.counter_volume}\x01" if entry.counter_volume else ""
    return (
        f"279={entry.action}\x0155={entry.symbol}\x01336={entry.session}\x01625={entry.state}\x01"
        f"{_count(346, entry.orders)}{_count(1020, entry.volume)}{last}{_count(5067, entry.deals)}{counter}"
        f"{average}5118={entry.entered}\x015119={entry.dealers}\x015120={entry.members}\x01"
        f"{_price(5106, entry.before, entry.decimals)}{_price(5157, entry.average_before, entry.decimals)}"
        f"{opened}{closed}83={number}\x01"
    )


def _price(tag: int, price: Price | None, decimals: int) -> str:
    return "" if price is None else f"{tag}={format_price(price, decimals)}\x01"


def _count(tag: int, value: int | None) -> str:
    return "" if value is None else f"{tag}={value}\x01"
