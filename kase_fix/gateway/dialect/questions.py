"""Questions: what a client asks and the gateway answers from its projections. They never reach the engine."""

import datetime as dt
from typing import TypeAlias

import msgspec

from kase_fix.values.enums import Side


class OrderStatus(msgspec.Struct, frozen=True):
    """OrderStatusRequest(H) for one order, named by `order_id`, else by `cl_ord_id`."""

    user: str
    cl_ord_id: str = ""
    order_id: str = ""
    reference: str = ""
    """OrdStatusReqID(790), given back in the answer."""
    symbol: str = ""
    side: str = ""
    """Side(54) as the client wrote it, for the answer about an unknown order."""


class MassStatus(msgspec.Struct, frozen=True):
    """All orders of the user: H of NEXT without an order (371 as reference), or OrderMassStatusRequest(AF)."""

    user: str
    reference: str = ""
    """MassStatusReqID(584) of AF, RefTagID(371) of H."""
    symbol: str = ""
    """Only orders in it; empty: all."""
    date_from: dt.date | None = None
    """5175, with `date_to` (5176): days of the archive; None: today."""
    date_to: dt.date | None = None


class SecurityList(msgspec.Struct, frozen=True):
    """SecurityListRequest(x)."""

    user: str
    request_id: str
    kind: str
    """SecurityListRequestType(559): 0 one symbol, 4 all."""
    symbol: str = ""
    subscription: int = 0
    """SubscriptionRequestType(263): 0 the list, 1 the list and what changes in it, 2 no more."""
    definition: bool = False
    """SecurityDefinitionRequest(c): the one instrument, answered by d."""


class Status(msgspec.Struct, frozen=True):
    """SecurityStatusRequest(e), or TradingSessionStatusRequest(g) where it names no instrument."""

    user: str
    reference: str
    """SecurityStatusReqID(324) or TradSesReqID(335)."""
    kind: int
    """SubscriptionRequestType(263)."""
    symbol: str = ""
    board: str = ""
    """TradingSessionID(336); empty: all of them."""


class Positions(msgspec.Struct, frozen=True):
    """AL of NEXT, or RequestForPositions(AN): the positions of an account, or of all where it is empty."""

    user: str
    reference: str
    """PosReqID(710)."""
    account: str = ""
    asset: str = ""
    """A currency, a security or a future; empty: all."""
    date: dt.date | None = None
    """ClearingBusinessDate(715)."""
    kind: str = ""
    """PosReqType(724)."""


class Deals(msgspec.Struct, frozen=True):
    """TradeCaptureReportRequest(AD): the user's deals of the day."""

    user: str
    reference: str
    """TradeRequestID(568)."""
    kind: str
    """TradeRequestType(569)."""
    subscription: str = "0"
    """SubscriptionRequestType(263)."""
    symbol: str = ""
    side: Side | None = None
    account: str = ""
    date: dt.date | None = None
    """TradeDate(75)."""
    order_id: str = ""
    cl_ord_id: str = ""
    deal_id: str = ""
    """TrdMatchID(880)."""


class CalendarDays(msgspec.Struct, frozen=True):
    """CalendarRequest(CAR): which days are working days."""

    user: str
    first: dt.date | None = None
    """None: today."""
    last: dt.date | None = None
    """None: a month from the first."""


class PartyList(msgspec.Struct, frozen=True):
    """PartyDetailsListRequest(CF): the members."""

    user: str
    request_id: str
    roles: tuple[str, ...] = ()
    """RequestedPartyRole(1509); empty: all."""
    names: tuple[str, ...] = ()
    """PartyID(448); empty: all."""
    subscription: str = "0"
    """SubscriptionRequestType(263)."""


class IndicativeList(msgspec.Struct, frozen=True):
    """IQR of NEXT: the indicative quotes of all members."""

    user: str
    reference: str
    """IndiQuoteRequestRef(5159)."""
    subscription: int = 0
    """SubscriptionRequestType(263): 0 the list, 1 the list and what changes in it, 2 no more."""


class MarketData(msgspec.Struct, frozen=True):
    """MarketDataRequest(V)."""

    user: str
    request_id: str
    kind: int
    """SubscriptionRequestType(263): 0 snapshot, 1 snapshot and updates, 2 no more."""
    depth: int
    """MarketDepth(264): 0 the whole book, 1 the top, N that many levels."""
    update: int
    """MDUpdateType(265): 0 whole snapshots, 1 increments."""
    book: int
    """MDBookType(1021): 1 top, 2 by price, 3 by order, 0 not said."""
    entries: tuple[str, ...]
    """MDEntryType(269), of `marketdata_text.KNOWN`; empty: those of `marketdata_text.EVERYTHING`."""
    symbols: tuple[str, ...]
    all: bool
    """The symbol ALL was asked for."""
    board: str = ""
    """TradingSessionID(336): the board whose books are wanted; empty: each instrument's own."""
    aggregated: bool | None = None
    """AggregatedBook(266): by price, or by order; None: not said."""
    interval: int = 0
    """MDConflationInterval(5250): milliseconds between two updates of an instrument; 0: each update at once."""


DAY_MINUTES = 1440


class Chart(msgspec.Struct, frozen=True):
    """ChartListRequest(CL) of NEXT: candles of an instrument."""

    user: str
    reference: str
    """ChartRequestRef(5089)."""
    symbol: str
    first: dt.date | None = None
    """ChartFromDate(5091), an operational day; None: not said."""
    last: dt.date | None = None
    """ChartToDate(5092); None: today."""
    period: int = DAY_MINUTES
    """ChartPeriod(5251), minutes."""
    names_period: bool = False
    """Whether it was said: the clients' dictionary has no 5251, and who does not say it gets none."""


class MakerLiabilities(msgspec.Struct, frozen=True):
    """MMLiabilityRequest(MR): what the user's member is bound to as a market maker."""

    user: str
    reference: str
    """MMakerRequestRef(5128)."""
    subscription: int = 0
    """SubscriptionRequestType(263): 1 from now on, 2 no more."""


class MakerStatistics(msgspec.Struct, frozen=True):
    """MMStatRequest(MT): how the quotes of the user's member stand."""

    user: str
    reference: str
    """MMakerRequestRef(5128)."""
    subscription: int = 0
    """SubscriptionRequestType(263): 1 from now on, 2 no more."""
    symbol: str = ""
    place: int = 0
    """MMakerInstrId(5122), where no symbol is named; 0: of all he is bound to (R-159)."""


Question: TypeAlias = (
    OrderStatus
    | MassStatus
    | SecurityList
    | Status
    | Positions
    | Deals
    | MarketData
    | CalendarDays
    | PartyList
    | IndicativeList
    | MakerLiabilities
    | MakerStatistics
    | Chart
)
