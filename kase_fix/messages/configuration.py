"""The market's configuration as a command carries it: everything the engine may know of the world outside.

It enters the journal whole, as the content of `ConfigurationLoaded`, at the first start and whenever it differs
(architecture, law 6). Password hashes, keys and ports are not part of it.
"""

import datetime as dt

import msgspec

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
    reserve_method: str = "fixing"


class Board(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of instruments in one session with one method (R-30); `code` is the TradingSessionID(336)."""

    code: str
    title: str
    method: str
    opens: dt.time
    """Almaty wall time; the window is [opens, closes)."""
    closes: dt.time
    clause: str


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
    """`TOD`, `TOM` or `SPT`."""
    last_deal: Price | None = None
    """Price of the last deal before the journal's first day; None: there was none."""


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


class MarketConfiguration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it, in the order of its files; names are unique within each tuple."""

    groups: tuple[Group, ...]
    boards: tuple[Board, ...]
    instruments: tuple[Instrument, ...]
    ladders: tuple[LotLadder, ...]
    users: tuple[User, ...]
    self_trade: str = "cancel_incoming"
