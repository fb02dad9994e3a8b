"""The whole state as bytes: its hash proves a replay, and it takes back a command that failed half-way.

The same market state always gives the same bytes, on any machine; the number of the command is not in them.
"""

import datetime as dt
import hashlib

import msgspec

from kase_fix.engine.state import Names, State, Trading
from kase_fix.matching.order import Order
from kase_fix.messages.commands import NewOrder
from kase_fix.messages.configuration import MarketConfiguration
from kase_fix.rulebook.market import Market
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce
from kase_fix.values.numbers import Price, Quantity


class LivingOrder(msgspec.Struct, frozen=True, array_like=True):
    """An order in a book. `value` is text: it may exceed 64 bits."""

    order_id: str
    user: str
    firm: str
    cl_ord_id: str
    account: str
    symbol: str
    board: str
    side: Side
    kind: OrderKind
    tif: TimeInForce
    quantity: Quantity
    leaves: Quantity
    visible: Quantity
    filled: Quantity
    value: str
    price: Price | None
    display: Quantity | None
    expire_date: dt.date | None
    text: str
    transact_time: str
    entered: int
    market_maker: bool


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
    last_deals: list[tuple[str, Price | None]]
    books: list[LivingOrder]
    """All orders of all books: by symbol, then side, price and time."""
    entry: list[str]
    """OrderIDs of the living orders in order of entry."""
    names: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Dump)


def configuration_digest(configuration: MarketConfiguration | None) -> bytes:
    """Return 16 bytes that tell one configuration from another."""
    return hashlib.blake2b(_encoder.encode(configuration), digest_size=16).digest()


def dump(state: State) -> bytes:
    """Return the state as bytes, the same for the same state."""
    symbols = sorted(state.trading)
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
            [(symbol, state.trading[symbol].last_deal) for symbol in symbols],
            [_living(order) for symbol in symbols for order in state.trading[symbol].book.orders()],
            list(state.orders),
            state.names.digest.digest(),
        )
    )


def state_hash(state: State) -> bytes:
    """Return 16 bytes over the market state (architecture, law 7)."""
    return hashlib.blake2b(dump(state), digest_size=16).digest()


class Mark:
    """A state to which one can return: the bytes, and what they leave out."""

    __slots__ = ("bytes", "configuration", "digest", "length", "market", "names")

    def __init__(self, state: State) -> None:
        self.bytes = dump(state)
        self.configuration = state.configuration
        self.market = state.market
        self.names = state.names
        self.length = len(state.names.log)
        self.digest = state.names.digest.copy()

    @property
    def hash(self) -> bytes:
        """Return the state hash of this mark."""
        return hashlib.blake2b(self.bytes, digest_size=16).digest()

    def restore(self) -> State:
        """Return the state as it was; what was built on it since must not be used any more."""
        self.names.take_back(self.length)
        self.names.digest = self.digest.copy()
        return load(self.bytes, self.configuration, self.market, self.names)


def load(data: bytes, configuration: MarketConfiguration | None, market: Market | None, names: Names) -> State:
    """Return the state that `dump` wrote. Raises `msgspec.DecodeError`."""
    kept = _decoder.decode(data)
    state = State()
    state.seed = kept.seed
    state.configuration, state.market, state.names = configuration, market, names
    state.date, state.day_open = kept.date, kept.day_open
    state.settlement, state.not_traded = dict(kept.settlement), dict(kept.not_traded)
    state.phases, state.transitions = dict(kept.phases), set(kept.transitions)
    if market is not None:
        state.trading = trading_of(market)
    for symbol, last_deal in kept.last_deals:
        state.trading[symbol].last_deal = last_deal
    found: dict[str, Order] = {}
    for living in kept.books:
        order = found[living.order_id] = _revived(living)
        state.trading[living.symbol].book.add(order, living.visible)
    state.orders = {order_id: found[order_id] for order_id in kept.entry}
    return state


def trading_of(market: Market) -> dict[str, Trading]:
    """Return every listed instrument with an empty book."""
    return {
        instrument.symbol: Trading(instrument, market.group_of(instrument.symbol), market.board_of(instrument.symbol))
        for instrument in market.configuration.instruments
    }


def _living(order: Order) -> LivingOrder:
    return LivingOrder(
        order.order_id,
        order.user,
        order.firm,
        order.cl_ord_id,
        order.account,
        order.symbol,
        order.board,
        order.side,
        order.kind,
        order.tif,
        order.quantity,
        order.leaves,
        order.visible,
        order.filled,
        str(order.value),
        order.price,
        order.display,
        order.expire_date,
        order.text,
        order.transact_time,
        order.entered,
        order.market_maker,
    )


def _revived(kept: LivingOrder) -> Order:
    command = NewOrder(
        kept.user,
        kept.cl_ord_id,
        kept.account,
        kept.symbol,
        kept.side,
        kept.kind,
        kept.quantity,
        kept.price,
        kept.tif,
        kept.display,
        kept.board,
        kept.expire_date,
        kept.text,
        transact_time=kept.transact_time,
        market_maker=kept.market_maker,
    )
    order = Order(kept.order_id, command, kept.firm, kept.board, kept.entered)
    order.leaves, order.filled, order.value = kept.leaves, kept.filled, int(kept.value)
    return order
