"""A market in a test: the checked-in configuration, an engine, and the words to drive it."""

import datetime as dt
from functools import cache
from pathlib import Path

import msgspec

from kase_fix.calendar.almaty import parse_instant
from kase_fix.engine.engine import Engine
from kase_fix.messages.commands import (
    BoardPhaseChanged,
    CancelOrder,
    ConfigurationLoaded,
    NewOrder,
    OperationalDayOpened,
    ReplaceOrder,
    Sequenced,
    VenueOpened,
)
from kase_fix.messages.depository import BALANCES, DepositoryAnswered, DepositoryDue
from kase_fix.rulebook.files import load_market
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce
from kase_fix.values.numbers import parse_price

CFG = Path(__file__).parent.parent.parent / "cfg"
NOON = 1_590_559_200_000_000_000
"""2020-05-27 12:00:00 Almaty."""
DATE = dt.date(2020, 5, 27)


@cache
def configuration():
    """The checked-in market with the currencies alone: every test makes many of them."""
    market = load_market(CFG)
    currencies = tuple(instrument for instrument in market.instruments if instrument.scheme == "currency")
    boards = {instrument.board for instrument in currencies}
    return msgspec.structs.replace(
        market, instruments=currencies, boards=tuple(board for board in market.boards if board.code in boards)
    )


class MarketInTest:
    """Applies commands with numbers and times, remembers all of them, and checks every book after each."""

    def __init__(self, opened=True, market=None):
        self.market = market or configuration()
        self.now = None
        self.engine = Engine()
        self.commands: list[Sequenced] = []
        self.told = []
        self.names = 0
        self.send(VenueOpened(7, 1))
        self.send(ConfigurationLoaded(self.market))
        if opened:
            self.open()

    def open(self, not_traded=None):
        settlement = {i.symbol: dt.date(2020, 5, 28) for i in self.market.instruments}
        self.send(OperationalDayOpened(DATE, settlement, not_traded or {}, "day", "art. 5 p. 1"))
        if any(board.waits_for_depository for board in self.market.boards):
            self.send(DepositoryDue(BALANCES))
            (request,) = self.engine.state.depository.pending
            self.send(DepositoryAnswered(request.request, BALANCES, True))
        for board in self.market.boards:
            self.send(BoardPhaseChanged(board.code, Phase.CONTINUOUS, f"{board.code}:opens", board.clause))

    def close(self, board):
        clause = next(b.clause for b in self.market.boards if b.code == board)
        return self.send(BoardPhaseChanged(board, Phase.CLOSED, f"{board}:closes", clause))

    def at(self, text):
        """Let commands from here on be of this Almaty time of the day; what standbys have due by then happens first.

        At one instant the standbys come first (R-3).
        """
        moment = parse_instant(f"{DATE}T{text}")
        told = []
        while (due := self.engine.next_due_time()) is not None and due <= moment:
            self.now = due
            told += self.send(self.engine.next_due())
        self.now = moment
        return told

    def send(self, command):
        time = NOON + len(self.commands) if self.now is None else self.now
        sequenced = Sequenced(len(self.commands) + 1, time, command)
        self.commands.append(sequenced)
        events = self.engine.apply(sequenced)
        self.told.append(events)
        for trading in self.engine.state.trading.values():
            trading.book._check(may_cross=self.engine.state.phase(trading) in (Phase.PRELIMINARY, Phase.STANDBY))
        return list(events)

    def name(self):
        self.names += 1
        return f"c{self.names}"

    def order(self, user, side, quantity, price=None, symbol="EURKZT_TOM", **more):
        more.setdefault("kind", OrderKind.MARKET if price is None else OrderKind.LIMIT)
        more.setdefault("account", f"F_{user}_0000")
        name = more.pop("name", None) or self.name()
        price = parse_price(price) if isinstance(price, str) else price
        more.setdefault("tif", TimeInForce.DAY)
        return self.send(NewOrder(user, name, symbol=symbol, side=side, quantity=quantity, price=price, **more))

    def buy(self, user, quantity, price=None, **more):
        return self.order(user, Side.BUY, quantity, price, **more)

    def sell(self, user, quantity, price=None, **more):
        return self.order(user, Side.SELL, quantity, price, **more)

    def replace(self, user, order_id="", price=None, **more):
        price = parse_price(price) if isinstance(price, str) else price
        return self.send(ReplaceOrder(user, more.pop("name", None) or self.name(), order_id, price=price, **more))

    def cancel(self, user, order_id="", **more):
        return self.send(CancelOrder(user, more.pop("name", None) or self.name(), order_id, **more))

    def book(self, symbol="EURKZT_TOM"):
        """[(user, price as text, leaves, visible)] bids then asks, best first, in order of time."""
        return [
            (o.user, f"{o.price // 10**6 / 100:.2f}", o.leaves, o.visible)
            for o in self.engine.state.listings[symbol].boards[0].book.orders()
        ]


def words(events):
    """The kinds of events, without what only market data reads."""
    return [type(event).__name__ for event in events if type(event).__name__ != "OrderShown"]


def one(events, kind):
    """The only event of its kind."""
    found = [event for event in events if isinstance(event, kind)]
    assert len(found) == 1, words(events)
    return found[0]
