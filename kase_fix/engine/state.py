"""The market's state: what `apply` reads and changes."""

import datetime as dt
import hashlib

from kase_fix.calendar.almaty import instant
from kase_fix.clearing.depository import Depository
from kase_fix.clearing.ledger import Ledger
from kase_fix.clearing.obligations import traded
from kase_fix.engine.kept_deals import KeptDeals
from kase_fix.engine.names import Names
from kase_fix.matching.book import Book
from kase_fix.matching.fixing import Fixing
from kase_fix.matching.frankfurt import Indication
from kase_fix.matching.order import Order
from kase_fix.matching.specialised_clock import Specialised
from kase_fix.matching.standby import Origin, StandbyClock
from kase_fix.matching.stops import Stops
from kase_fix.messages.configuration import Board, Group, Instrument, MarketConfiguration, TradingLimits
from kase_fix.messages.decisions import FileApplication
from kase_fix.messages.direct import DirectTerms
from kase_fix.messages.indicative import IndicativeQuote
from kase_fix.messages.repo import OpenRepo
from kase_fix.rulebook.market import Market
from kase_fix.schedule.changes import Changes, Window, own_window, window_of
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import Price, Quantity, divide_half_up


def trading_key(symbol: str, board: str) -> str:
    """Return the name of an instrument on a board: `EURKZT_TOM@FX_TOM`."""
    return f"{symbol}@{board}"


class Listing:
    """A listed instrument on the present day, on whatever boards it trades.

    Prices in 10^-8 of their unit. `value` and `volume` are the sums of price x quantity and of quantity over the
    day's deals that count (R-10); the average they give becomes `average` when the next day opens.
    """

    __slots__ = (
        "average",
        "boards",
        "cut_off",
        "first_today",
        "group",
        "instrument",
        "kept",
        "last_deal",
        "last_today",
        "previous",
        "symbol",
        "traded",
        "value",
        "volume",
    )

    def __init__(self, instrument: Instrument, group: Group) -> None:
        self.symbol = instrument.symbol
        self.instrument = instrument
        self.group = group
        self.traded = traded(instrument, group)
        """What changes hands in its deals; None: their terms say it."""
        self.boards: list[Trading] = []
        """The first is the one an order means that names none (R-30)."""
        self.last_deal: Price | None = instrument.last_deal
        """Price of the last deal of any day (art. 8; annex 1); None where there never was one."""
        self.last_today: Price | None = None
        self.first_today: Price | None = None
        self.cut_off: Price | None = None
        """The last cut-off price formed today (art. 7 p. 1-1 sp. 2)."""
        self.previous: Price | None = instrument.last_deal
        """Price of the last deal of the last trading day with one (art. 7 p. 1-1 sp. 1)."""
        self.average: Price | None = instrument.average
        """Weighted average of the last session with deals before today (art. 18, 40 p. 3)."""
        self.value = 0
        self.volume: Quantity = 0
        self.kept = group.market == "securities"
        """Whether its deals are kept until they settle: they may fail, be confirmed, be repeated (art. 6, 42)."""

    @property
    def reference(self) -> Price | None:
        """Return what limits of deviation are measured from; None: there is no limit (art. 12 p. 8, 18, 22, 31)."""
        if self.group.limit_reference == "last deal":
            return self.last_deal
        return self.average if self.last_today is None else self.last_today

    def dealt(self, price: Price, quantity: Quantity) -> None:
        """Take a deal into the day's prices (R-10)."""
        self.last_deal = self.last_today = price
        if self.first_today is None:
            self.first_today = price
        self.value += price * quantity
        self.volume += quantity

    def begin_day(self) -> None:
        """Make yesterday's average the reference, if there were deals."""
        if self.volume:
            self.average = divide_half_up(self.value, self.volume)
        self.value = self.volume = 0
        self.last_today = self.first_today = self.cut_off = None
        self.previous = self.last_deal

    def forget_prices(self) -> None:
        """Forget all prices: from now on another kind of price is meant (annex 2 p. 3), nothing compares with them."""
        self.last_deal = self.last_today = self.first_today = self.cut_off = self.previous = self.average = None
        self.value = self.volume = 0

    def take_over(self, before: "Listing") -> None:
        """Go on with the prices this instrument had under former parameters."""
        self.last_deal, self.last_today, self.average = before.last_deal, before.last_today, before.average
        self.value, self.volume = before.value, before.volume
        self.first_today, self.cut_off, self.previous = before.first_today, before.cut_off, before.previous


class Trading:
    """An instrument on one board: its book."""

    __slots__ = ("apart", "board", "book", "group", "instrument", "key", "listing", "stops", "symbol")

    def __init__(self, listing: Listing, board: Board) -> None:
        self.symbol = listing.symbol
        self.listing = listing
        self.instrument = listing.instrument
        self.group = listing.group
        self.board = board
        self.key = trading_key(listing.symbol, board.code)
        self.book = Book(listing.symbol)
        self.apart: dict[str, Order] = {}
        """Living orders that are never in the book, by OrderID in order of entry: direct ones, those of a fixing."""
        self.stops = Stops()
        """Stop orders that wait for a deal's price (R-150)."""

    @property
    def last_deal(self) -> Price | None:
        """Return the price of the instrument's last deal of any day."""
        return self.listing.last_deal


class Standby:
    """An instrument in standby on a board (art. 7 p. 1-2, 4)."""

    __slots__ = ("clock", "during", "indication", "opener", "shared")

    def __init__(self, clock: StandbyClock, opener: str, shared: bool) -> None:
        self.clock = clock
        self.opener = opener
        """OrderID of the order that opened it; empty where preliminary orders did."""
        self.during: dict[str, None] = {}
        """OrderIDs of the orders submitted during it."""
        self.indication: Indication | None = None
        """What was told last."""
        self.shared = shared
        """Whether the instrument turned with its board before, and does so again after it."""

    def origin(self, order_id: str) -> Origin:
        """Return where an order stands to this standby."""
        if order_id in self.during:
            return Origin.DURING
        return Origin.OPENER if order_id == self.opener else Origin.BEFORE


class Terms:
    """What was decided beside the configuration: some of it for the day, some until decided anew."""

    __slots__ = (
        "applications",
        "changes",
        "firms_suspended",
        "force_majeure",
        "hard_limits",
        "instruments",
        "limits",
        "place",
        "suspended",
        "user_limits",
    )

    def __init__(self) -> None:
        self.changes = Changes()
        """Today's windows and closing times."""
        self.limits: dict[str, int | None] = {}
        """Overridable limits as widened or lifted (None) to the end of the day, by symbol (R-9)."""
        self.hard_limits: dict[str, int | None] = {}
        """Hard limits as decided, by symbol; None: lifted, the group's too."""
        self.suspended: set[str] = set()
        """Keys of what is suspended."""
        self.firms_suspended: set[str] = set()
        self.place = ""
        """Where trading goes on if not in the system (art. 3 p. 2)."""
        self.force_majeure = False
        self.instruments: dict[str, Instrument] = {}
        """Instruments as decisions have made them; they hold against the configuration's files."""
        self.applications: dict[str, FileApplication] = {}
        """Applications that wait to be carried out (art. 2 p. 6)."""
        self.user_limits: dict[str, TradingLimits] = {}
        """Limits of users as decided; they hold against the register's (R-114)."""

    def begin_day(self) -> None:
        """Let go of what holds for a day only."""
        self.changes = Changes()
        self.limits = {}


class State:
    """Everything the engine knows. Only commands change it."""

    __slots__ = (
        "away",
        "balances",
        "closings",
        "configuration",
        "covered",
        "date",
        "day_open",
        "deals",
        "depository",
        "draws",
        "fixings",
        "indicative",
        "ledger",
        "listings",
        "market",
        "names",
        "not_traded",
        "of_user",
        "orders",
        "phases",
        "quotes",
        "repos",
        "seed",
        "settlement",
        "specialised",
        "standbys",
        "terms",
        "trading",
        "transitions",
    )

    def __init__(self) -> None:
        self.seed = 0
        self.configuration: MarketConfiguration | None = None
        """As its files say; `market` has the decisions in it."""
        self.market: Market | None = None
        self.listings: dict[str, Listing] = {}
        """By symbol."""
        self.trading: dict[str, Trading] = {}
        """By `trading_key`."""
        self.orders: dict[str, Order] = {}
        """Living orders by OrderID, in order of entry; those of several days wait outside the books overnight."""
        self.covered: dict[str, dict[str, Order]] = {}
        """Living orders on boards that ask for collateral, by account; made of `orders`, so not part of the dump."""
        self.of_user: dict[str, int] = {}
        """How many living orders each user has; made of `orders` as well."""
        self.quotes: dict[tuple[str, str], dict[Side, Order]] = {}
        """The orders of each quote, by user and `trading_key`; made of `orders` as well."""
        self.indicative: dict[tuple[str, str], IndicativeQuote] = {}
        """By member and symbol (R-164)."""
        self.away: dict[str, int] = {}
        """Until when an absent user may come back before his orders are withdrawn (ns UTC), by user (R-112)."""
        self.names = Names()
        self.deals = KeptDeals()
        self.terms = Terms()
        self.date: dt.date | None = None
        """The operational day that is open or was last."""
        self.day_open = False
        self.settlement: dict[str, dt.date] = {}
        self.closings: dict[str, dt.date] = {}
        """When the second leg of a swap or repo dealt today is settled, by symbol."""
        self.ledger = Ledger()
        """What all accounts are still to get and to deliver."""
        self.repos: dict[str, OpenRepo] = {}
        """By the number of the deal that opened it, in order of opening."""
        self.not_traded: dict[str, str] = {}
        """Clause by symbol, or by `trading_key` where it keeps an instrument from one board only."""
        self.phases: dict[str, Phase] = {}
        """By board; by `trading_key` for an instrument with a window of its own."""
        self.transitions: set[str] = set()
        """Keys of the transitions of the day's schedule that are done."""
        self.standbys: dict[str, Standby] = {}
        """By `trading_key`."""
        self.fixings: dict[str, Fixing] = {}
        """By `trading_key`: where the reserve method is used (R-17)."""
        self.specialised: dict[str, Specialised] = {}
        """By `trading_key`: opened and not over; a subscription outlives its days (art. 42 p. 1)."""
        self.draws = 0
        """How many random numbers were drawn so far."""
        self.depository = Depository()
        self.balances: dict[str, dict[str, int]] = {}
        """As the depository sent them last (art. 5 p. 4), by account and currency (minor units) or security (pieces)"""

    def draw(self) -> int:
        """Return the next random number of this journal, uniform in [0, 2^63): a function of its seed and the count."""
        self.draws += 1
        digest = hashlib.blake2b(f"{self.seed}:{self.draws}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1

    def closes(self, trading: Trading) -> int:
        """Return when the instrument's session on a board ends today, nanoseconds UTC."""
        assert self.date is not None
        return instant(self.date, self.window(trading).closes)

    def window(self, trading: Trading) -> Window:
        """Return an instrument's window on a board today."""
        changes = self.terms.changes
        return own_window(trading.instrument, trading.board, changes) or window_of(trading.board, changes)

    def phase(self, trading: Trading) -> Phase:
        """Return the phase an instrument is in on a board; closed where nothing was said.

        One with a window of its own never shares its board's phase (art. 4 p. 1).
        """
        own = self.phases.get(trading.key)
        if own is not None:
            return own
        if self.turns_alone(trading):
            return Phase.CLOSED
        return self.phases.get(trading.board.code, Phase.CLOSED)

    def turns_alone(self, trading: Trading) -> bool:
        """Tell whether an instrument has a window of its own on this board today (art. 4 p. 1, 3)."""
        changes = self.terms.changes
        return (trading.instrument.opens is not None or bool(changes.instruments)) and (
            own_window(trading.instrument, trading.board, changes) is not None
        )

    def cover(self, order: Order) -> None:
        """Count a living order as its user's, and among those that block collateral where its board asks for it."""
        self.of_user[order.user] = self.of_user.get(order.user, 0) + 1
        if order.quote_id:
            self.quotes.setdefault((order.user, trading_key(order.symbol, order.board)), {})[order.side] = order
        if self.on(order).board.collateral:
            self.covered.setdefault(order.account, {})[order.order_id] = order

    def on(self, order: Order) -> Trading:
        """Return where an order trades."""
        return self.trading[trading_key(order.symbol, order.board)]

    def meant(self, symbol: str, board: str, direct: DirectTerms | None = None) -> Trading | None:
        """Return where an order for a symbol goes: the board it names, else the instrument's own (R-30).

        A direct one that names no board goes to the instrument's board for direct deals, or for direct repo.
        """
        listing = self.listings.get(symbol)
        if listing is None:
            return None
        named = self.trading.get(trading_key(symbol, board)) if board else None
        if named is not None:
            return named
        own = listing.boards[0]
        if direct is not None and not board:
            method = "direct" if direct.closes is None else "repo_direct"
            return next((one for one in listing.boards if one.board.method == method), own)
        if board or self.phase(own) is not Phase.CLOSED:
            return own
        method = own.board.method  # of several sessions by the main method the one that is open (art. 4 p. 2)
        alike = (one for one in listing.boards if one.board.method == method)
        return next((one for one in alike if self.phase(one) is not Phase.CLOSED), own)

    def find(self, firm: str, user: str, order_id: str, orig_cl_ord_id: str) -> str:
        """Return the OrderID a request means, empty where there is none: OrderID(37) wins over OrigClOrdID(41).

        Only orders of the sender's firm are found; anyone else's are as unknown as those that never were.
        """
        named = order_id or self.names.used(user, orig_cl_ord_id) or ""
        order = self.orders.get(named)
        if order is not None:
            return named if order.firm == firm else ""
        ended = self.names.ended(named)
        return named if ended is not None and ended[0] == firm else ""
