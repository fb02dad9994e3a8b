"""The whole state as bytes: its hash proves a replay, and it takes back a command that failed half-way.

The same market state always gives the same bytes, on any machine; the number of the command is not in them.
"""

import datetime as dt
import hashlib

import msgspec

from kase_fix.clearing.depository import Depository
from kase_fix.engine import kept_terms
from kase_fix.engine.kept_deals import KeptDeals
from kase_fix.engine.kept_orders import LivingOrder, living, revived
from kase_fix.engine.kept_sequence import arrange, sequence_of
from kase_fix.engine.kept_terms import KeptTerms
from kase_fix.engine.names import Names
from kase_fix.engine.state import Listing, Standby, State, Trading
from kase_fix.matching.fixing import Fixing
from kase_fix.matching.frankfurt import Indication
from kase_fix.matching.order import Order
from kase_fix.matching.specialised_clock import Specialised
from kase_fix.matching.standby import StandbyClock
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.messages.deal_terms import Standing
from kase_fix.messages.indicative import IndicativeQuote
from kase_fix.messages.repo import OpenRepo
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import Price, Quantity


class Prices(msgspec.Struct, frozen=True, array_like=True):
    """A listing's prices of the day; `value` is text: it may exceed 64 bits."""

    symbol: str
    last_deal: Price | None
    last_today: Price | None
    first_today: Price | None
    cut_off: Price | None
    previous: Price | None
    average: Price | None
    value: str
    volume: Quantity


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """An `Indication`."""

    price: Price
    volume: Quantity
    surplus_side: Side | None
    surplus: Quantity


class Dump(msgspec.Struct, frozen=True, array_like=True):
    """The state, without what the configuration says and without the day's ended orders (their digest is here)."""

    seed: int
    configuration: bytes
    """Digest of the configuration in force."""
    date: dt.date | None
    day_open: bool
    settlement: list[tuple[str, dt.date]]
    not_traded: list[tuple[str, str]]
    phases: list[tuple[str, Phase]]
    transitions: list[str]
    prices: list[Prices]
    standbys: list[tuple[str, StandbyClock, str, list[str], Shown | None, bool]]
    """By `trading_key`: clock, opener, orders submitted during it, what was told last, whether it shared its phase."""
    draws: int
    terms: KeptTerms
    books: list[LivingOrder]
    """All orders of all books: by symbol and board, then side, price and time."""
    waiting: list[LivingOrder]
    """Orders outside the books, in order of entry: of several days overnight, and those that live apart."""
    entry: list[str]
    """OrderIDs of the living orders in order of entry."""
    closings: list[tuple[str, dt.date]]
    repos: list[OpenRepo]
    names: bytes
    deals: bytes
    """Digests of the names used today and of the deals kept."""
    depository: Depository
    balances: list[tuple[str, list[tuple[str, int]]]]
    fixings: list[tuple[str, Fixing]]
    """By `trading_key`."""
    specialised: list[tuple[str, Specialised]]
    ledger: list[Standing]
    """By `trading_key`."""
    away: list[tuple[str, int]]
    """By user: until when he may come back (ns UTC)."""
    indicative: list[IndicativeQuote] = []


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Dump)


def configuration_digest(configuration: MarketConfiguration | None) -> bytes:
    """Return 16 bytes that tell one configuration from another."""
    return hashlib.blake2b(_encoder.encode(configuration), digest_size=16).digest()


def dump(state: State) -> bytes:
    """Return the state as bytes, the same for the same state."""
    keys = sorted(state.trading)
    return _encoder.encode(
        Dump(
            state.seed,
            configuration_digest(state.configuration),
            state.date,
            state.day_open,
            sorted(state.settlement.items()),
            sorted(state.not_traded.items()),
            sorted(state.phases.items()),
            sorted(state.transitions),
            [
                Prices(
                    one.symbol,
                    one.last_deal,
                    one.last_today,
                    one.first_today,
                    one.cut_off,
                    one.previous,
                    one.average,
                    str(one.value),
                    one.volume,
                )
                for one in sorted(state.listings.values(), key=lambda one: one.symbol)
            ],
            [
                (
                    key,
                    one.clock,
                    one.opener,
                    list(one.during),
                    Shown(*one.indication) if one.indication is not None else None,
                    one.shared,
                )
                for key, one in sorted(state.standbys.items())
            ],
            state.draws,
            kept_terms.kept(state.terms),
            [living(order) for key in keys for order in state.trading[key].book.orders()],
            [living(order) for order in state.orders.values() if order.level is None],
            list(state.orders),
            sorted(state.closings.items()),
            list(state.repos.values()),
            state.names.digest(),
            state.deals.digest.digest(),
            state.depository,
            [(account, sorted(amounts.items())) for account, amounts in sorted(state.balances.items())],
            sorted(state.fixings.items()),
            sorted(state.specialised.items()),
            list(state.ledger.standing()),
            sorted(state.away.items()),
            indicative=sorted(state.indicative.values(), key=lambda quote: quote.quote_id),
        )
    )


class Mark:
    """A state to which one can return: the bytes, and what they leave out."""

    __slots__ = ("bytes", "configuration", "deals", "deals_mark", "market", "names", "names_mark", "sequence")

    def __init__(self, state: State) -> None:
        self.bytes = dump(state)
        self.sequence = sequence_of(state)
        self.configuration = state.configuration
        self.market = state.market
        self.names = state.names
        self.names_mark = state.names.mark()
        self.deals = state.deals
        self.deals_mark = state.deals.mark()

    @property
    def hash(self) -> bytes:
        """Return the state hash of this mark."""
        return hashlib.blake2b(self.bytes, digest_size=16).digest()

    def restore(self) -> State:
        """Return the state as it was; what was built on it since must not be used any more."""
        self.names.take_back(self.names_mark)
        self.deals.take_back(self.deals_mark)
        return load(self.bytes, self.sequence, self.configuration, self.market, self.names, self.deals)


def load(
    data: bytes,
    sequence: bytes,
    configuration: MarketConfiguration | None,
    market: Market | None,
    names: Names,
    deals: KeptDeals,
) -> State:
    """Return the state that `dump` wrote, in the sequence that `sequence_of` wrote.

    Raises `msgspec.DecodeError`, `LookupError`.
    """
    kept = _decoder.decode(data)
    state = State()
    state.seed = kept.seed
    state.configuration, state.market, state.names, state.deals = configuration, market, names, deals
    state.date, state.day_open = kept.date, kept.day_open
    state.settlement, state.not_traded = dict(kept.settlement), dict(kept.not_traded)
    state.phases, state.transitions = dict(kept.phases), set(kept.transitions)
    if market is not None:
        list_instruments(state, market)
    for prices in kept.prices:
        listing = state.listings[prices.symbol]
        listing.last_deal, listing.last_today, listing.average = prices.last_deal, prices.last_today, prices.average
        listing.first_today, listing.cut_off, listing.previous = prices.first_today, prices.cut_off, prices.previous
        listing.value, listing.volume = int(prices.value), prices.volume
    for key, clock, opener, during, shown, shared in kept.standbys:
        standby = state.standbys[key] = Standby(clock, opener, shared)
        standby.during = dict.fromkeys(during)
        if shown is not None:
            standby.indication = Indication(shown.price, shown.volume, shown.surplus_side, shown.surplus)
    state.fixings = dict(kept.fixings)
    state.specialised = dict(kept.specialised)
    state.ledger.begin(kept.date, kept.ledger)
    state.draws = kept.draws
    state.away = dict(kept.away)
    state.indicative = {(quote.firm, quote.symbol): quote for quote in kept.indicative}
    state.depository = kept.depository
    state.balances = {account: dict(amounts) for account, amounts in kept.balances}
    state.closings = dict(kept.closings)
    state.repos = {repo.deal_id: repo for repo in kept.repos}
    kept_terms.restore(state.terms, kept.terms)
    found: dict[str, Order] = {}
    for one in kept.books:
        order = found[one.order_id] = revived(one)
        state.on(order).book.add(order, one.visible)
        order.shown = True
    for one in sorted(kept.waiting, key=lambda one: one.priority):  # beside the book: as they were put there
        order = found[one.order_id] = revived(one)
        if one.apart:
            order.apart = True
            order.visible, order.shown = one.visible, one.visible > 0
            state.on(order).apart[order.order_id] = order
        elif one.waiting:
            state.on(order).stops.add(order)
    state.orders = {order_id: found[order_id] for order_id in kept.entry}
    for order in state.orders.values():
        state.cover(order)
    arrange(state, sequence)
    return state


def list_instruments(state: State, market: Market) -> None:
    """Make the market's instruments the listed ones, each with empty books on its boards."""
    state.market = market
    state.listings, state.trading = {}, {}
    for instrument in market.configuration.instruments:
        group = market.group_of(instrument.symbol)
        if instrument.lot is not None:  # a seller's own (art. 26 p. 1)
            group = msgspec.structs.replace(group, lot=instrument.lot)
        listing = state.listings[instrument.symbol] = Listing(instrument, group)
        for code in (instrument.board, *instrument.more_boards):
            trading = Trading(listing, market.boards[code])
            listing.boards.append(trading)
            state.trading[trading.key] = trading
