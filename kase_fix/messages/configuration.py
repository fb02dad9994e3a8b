"""The market's configuration as a command carries it: everything the engine may know of the world outside.

It enters the journal whole, as the content of `ConfigurationLoaded`, at the first start and whenever it differs
(architecture, law 6). Password hashes, keys and ports are not part of it.
"""

import datetime as dt

import msgspec

from kase_fix.messages.making import Liability
from kase_fix.values.numbers import Price, Quantity


class Clauses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The clauses a group's parameters rest on, as a refusal quotes them ("art. 12 p. 8")."""

    window: str
    lot: str
    price: str
    limit: str = ""
    opening: str = ""
    methods: str = ""


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameters that all instruments of one group share (Regulation, art. 2 p. 1)."""

    name: str
    title: str
    market: str
    """`fx`, `securities`, ...: what a member must be admitted to."""
    order_prefix: str
    """The letters in front of an order's number: `NF` gives OrderID `NF_49335`."""
    lot: Quantity
    price_decimals: int
    clauses: Clauses
    lot_ladder: str = ""
    """Name of the ladder that gives the least order size by the price's deviation; empty: `lot` is the least."""
    limit_hundredths: int | None = None
    """Overridable limit of deviation in hundredths of a per cent (300 is 3 %); None: none is set."""
    max_quantity: Quantity = 1_000_000_000
    max_price: Price = 10_000_000 * 10**8
    order_kinds: tuple[str, ...] = ("market", "limit")
    times_in_force: tuple[str, ...] = ("day", "ioc", "fok")
    opening_price: str = "first deal"
    """`first deal`, `last session's average` (art. 40 p. 3 sp. 1), or `none` where the notion does not apply."""
    reserve_method: str = "fixing"
    """`fixing`, or empty where there is none."""
    main_method: str = "continuous"
    additional_method: str = ""
    """`direct` where the chapter names it; empty: none is set."""
    forbidden: dict[str, str] = {}
    """Methods that are refused, each with the clause that forbids it ({"direct": "art. 17"})."""
    price_kind: str = "money"
    """`money` (of the quote for one unit), `yield` (% p.a., may be negative), or `bond` (clean or dirty, annex 2)."""
    limit_reference: str = "last deal"
    """What the limit is measured from: `last deal` of any day, or `day then average` (art. 18, 22, 31)."""
    limit_request_minutes: int = 0
    """A request to widen or lift the limit is in time so many minutes before the session's end (art. 18)."""
    warning_hundredths: int | None = None
    """Warning limit in hundredths of a per cent: the order stands, its sender is told (art. 8 p. 2)."""
    hard_hundredths: int | None = None
    """Hard limit (art. 8 p. 4); `hard_document` names the decision it rests on."""
    hard_document: str = ""
    standby: str = ""
    """What turns continuous trading into standby: `every cross` (bonds), `deviation` (USDKZT_TOM), empty: nothing."""
    settlement: str = "currency"
    """`currency` (art. 11-14), `T+0`, `T+2`, `repo`, `swap`, `future`; an instrument may have its own scheme."""
    sector: str = ""
    """For people: the part of the list the group stands in."""
    repo: str = ""
    """`automatic` (quantities are money, lots of 1 000 000 tenge) or `netting` (they count securities); empty: none."""


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of instruments in one session with one method (R-30); `code` is the TradingSessionID(336)."""

    code: str
    title: str
    method: str
    opens: dt.time
    """Almaty wall time; the window is [opens, closes)."""
    closes: dt.time
    clause: str
    session: str = "main"
    """`main` or `additional` (art. 4 p. 2)."""
    preliminary: dt.time | None = None
    """From when preliminary orders are taken (art. 7 p. 2); None: this board has none."""
    preliminary_clause: str = ""
    firm_quotes_of: str = ""
    """The only user whose orders may rest here (art. 15 p. 1-1 sp. 5; R-26); others must hit them at once."""
    firm_quotes_clause: str = ""
    participants: tuple[str, ...] = ()
    """Roles of users admitted to this session (art. 15 p. 1-1 sp. 4); empty: all of the market."""
    participants_clause: str = ""
    waits_for_depository: bool = False
    """Whether the board stays closed until the depository's answer has opened the stock market's day (art. 5 p. 4)."""
    collateral: bool = False
    """Whether orders are covered by money or securities before they are taken, where deals settle T+0 (art. 7 p. 2)."""
    repeated: bool = False
    """Whether failed deals of its instruments may be repeated here after the session (art. 6; R-19)."""


class BondTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A debt security's properties, as annex 2 asks for them and as its coupons are computed."""

    nominal: int
    """Par of one security in minor units of `currency`."""
    currency: str
    issued: dt.date
    matures: dt.date | None
    """None: no fixed date of maturity."""
    discount: bool = False
    indexed: bool = False
    """Whether par is indexed (annex 2 p. 1 sp. 1, p. 2 sp. 2)."""
    coupon: Price | None = None
    """Coupon of the present period, % p.a. in 10^-8; None: not known, or none."""
    coupon_kind: str = "fixed"
    """`fixed`, `floating` or `none`."""
    coupon_known_days: int | None = None
    """For a floating coupon: so many RK working days before its period it is known to the exchange."""
    coupons_a_year: int = 2
    day_count: str = "30/360"
    """`30/360`, `actual/actual`, `actual/365` or `actual/360`."""
    same_dates: bool = True
    """Whether coupon dates are fixed and the same every year (annex 2 p. 1 sp. 5)."""
    amortised: bool = False
    capitalised: bool = False
    other_payments: bool = False


class PriceDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The decision of the Board member on the kind of price (art. 24 p. 2; R-20)."""

    kind: str
    """`clean` or `dirty`."""
    document: str
    date: dt.date


class Instrument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One listed instrument."""

    symbol: str
    group: str
    board: str
    currency: str
    """What is traded: the currency (or security) that quantities count."""
    quote: str
    """What it is priced and settled in."""
    term: str
    """`TOD`, `TOM` or `SPT`; of a swap or repo its second leg (`001`, `01W`); empty for securities."""
    last_deal: Price | None = None
    """Price of the last deal before the journal's first day; None: there was none."""
    more_boards: tuple[str, ...] = ()
    """Boards it trades on besides `board`, the one an order means that names none (R-30)."""
    title: str = ""
    nin: str = ""
    """National identification number; empty: it has none, or it is not known."""
    lot: Quantity | None = None
    """Its own lot, where a seller sets it (art. 26 p. 1); None: the group's."""
    methods: tuple[str, ...] = ()
    """The only methods it trades by, where a decision or a seller says so (art. 23, 26 p. 4); empty: the group's."""
    methods_document: str = ""
    bond: BondTerms | None = None
    price_decision: PriceDecision | None = None
    price_kind: str = ""
    """`clean` or `dirty` for a bond: what it trades in (annex 2; R-20). Empty: the group's kind."""
    scheme: str = ""
    """Its own settlement scheme (R-21); empty: the group's."""
    settled_in: str = ""
    """Currency a bond's deals are settled in where it matters (art. 24 p. 3-1); empty: the quote."""
    first_leg: str = ""
    """Of a swap: `TOD` or `TOM` (art. 15)."""
    underlying: str = ""
    """Of a repo the security or the basket, of a future what it is written on."""
    days: int = 0
    """Of a repo: its term in calendar days."""
    average: Price | None = None
    """Weighted average of the last session with deals before the journal's first day (art. 18, 40 p. 3)."""
    opens: dt.time | None = None
    """Its own window, where a single seller or buyer asks for one (art. 4 p. 1); None: its board's."""
    closes: dt.time | None = None
    isin: str = ""
    """ISO 6166; empty: it has none, or it is not known."""


class LadderStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of a lot ladder: up to this deviation the least order size is this (annex 1)."""

    up_to_hundredths: int
    """Upper bound of the deviation in hundredths of a per cent, inclusive; the last row has no upper bound."""
    least: Quantity


class LotLadder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Least order sizes by deviation from the last deal, in ascending order of deviation (annex 1; R-8)."""

    name: str
    multiple: Quantity
    clause: str
    steps: tuple[LadderStep, ...]


class TradingLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one user may do at the most (R-114); None: there is no such limit."""

    quantity: Quantity | None = None
    """Of one order."""
    value: int | None = None
    """Of one order, tiyn (R-115)."""
    orders: int | None = None
    """Living orders at a time."""


class User(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the member register, as far as the market knows it."""

    name: str
    """CompID and Username."""
    firm: str
    markets: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    dialect: str = "FIX44"
    """`FIX44` or `NEXT` (R-1)."""
    services: tuple[str, ...] = ("api",)
    """`api`, `md`, `dropcopy`."""
    title: str = ""
    roles: tuple[str, ...] = ()
    """`bank` (second-tier bank), `fx_clearing`, `national_bank`, `custodian`, `initiator`,
    `market_maker` (may quote, R-161)."""
    controls: tuple[str, ...] = ()
    """Accounts of others whose orders a participant of the confirmation system confirms (art. 42)."""
    limits: TradingLimits = TradingLimits()
    cancel_on_disconnect: bool = False
    """Whether his orders are withdrawn when his session ends (R-112); 6867 in a Logon says otherwise."""
    md_markets: tuple[str, ...] = ()
    """Markets whose data he may have; empty: all of them."""
    md_delay: int = 0
    """Market data reach him so many seconds late."""


class MarketConfiguration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it, in the order of its files; names are unique within each tuple."""

    groups: tuple[Group, ...]
    boards: tuple[Board, ...]
    instruments: tuple[Instrument, ...]
    ladders: tuple[LotLadder, ...]
    users: tuple[User, ...]
    self_trade: str = "cancel_incoming"
    collateral: dict[str, Price] = {}
    """What a security, or a unit of a basket, counts as collateral of repo: tenge for one, 10^-8 (R-24)."""
    all_days_before: bool = False
    """R-22: whether "N trading days before" a day without dollars closes all of these days, not the N-th alone."""
    disconnect_grace_seconds: int = 30
    """Within so many seconds of the venue's time one who is back finds his orders as he left them (R-112)."""
    disconnect_several_days: bool = False
    """Whether orders of several days are withdrawn too where their user is absent (R-112)."""
    makers: tuple[Liability, ...] = ()
    """What market makers are bound to; one for each member, instrument and board (R-155)."""
    greatest_quote_entries: int = 100
    """Of one mass quote (R-161)."""
