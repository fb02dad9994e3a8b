"""A small market under the real schedule, and the words to decide in it: the clock goes where a test says."""

import datetime as dt
from functools import cache, cached_property

import msgspec

from kase_fix.app.agenda import plan_of
from kase_fix.app.depository.simulated import Simulated
from kase_fix.calendar.almaty import date_of, parse_instant
from kase_fix.calendar.working_days import Calendars
from kase_fix.engine.engine import Engine
from kase_fix.engine.revival import encode_configuration, gained, revive
from kase_fix.messages.commands import (
    CancelOrder,
    ConfigurationLoaded,
    NewOrder,
    ReplaceOrder,
    Sequenced,
    VenueOpened,
)
from kase_fix.messages.configuration import BondTerms
from kase_fix.messages.day_events import DecisionRefused
from kase_fix.messages.decisions import Decision, DecisionCommand
from kase_fix.rulebook.files import load_calendar_decisions, load_market
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce
from kase_fix.values.numbers import parse_price
from tests.engine.market import CFG

DATE = dt.date(2020, 5, 27)
TERMS = BondTerms(100_000, "KZT", dt.date(2020, 1, 1), dt.date(2025, 1, 1), coupon=parse_price("7"))
EUR, DOLLAR, BOND, BILL = "EURKZT_TOM", "USDKZT_TOM", "BONDb1", "BILLb1"
FX, BONDS = "FX_TOM", "BONDS"


@cache
def calendars():
    return Calendars(load_calendar_decisions(CFG))


@cache
def small(**of_bonds):
    """Euro and dollar of tomorrow as checked in, and bonds that trade continuously with preliminary orders."""
    market = load_market(CFG)
    instruments = {one.symbol: one for one in market.instruments if one.symbol in (EUR, DOLLAR)}
    groups = {one.name: one for one in market.groups}
    euro, fx = instruments[EUR], next(board for board in market.boards if board.code == FX)
    bonds = msgspec.structs.replace(
        groups[euro.group],
        name="bonds",
        limit_hundredths=3000,
        limit_reference="day then average",
        limit_request_minutes=15,
        times_in_force=("day", "ioc", "fok", "gtc", "gtd"),
        **of_bonds,
    )
    board = msgspec.structs.replace(
        fx,
        code=BONDS,
        opens=dt.time(11, 30),
        closes=dt.time(17),
        clause="art. 21",
        preliminary=dt.time(11, 5),
        preliminary_clause="art. 7 p. 2",
    )
    average = parse_price("100")
    bond = msgspec.structs.replace(
        euro, symbol=BOND, group="bonds", board=BONDS, last_deal=parse_price("90"), average=average, bond=TERMS
    )
    return msgspec.structs.replace(
        market,
        groups=(*(groups[one.group] for one in instruments.values()), bonds),
        boards=(fx, board),
        instruments=(*instruments.values(), bond, msgspec.structs.replace(bond, symbol=BILL, bond=None)),
    )


class Desk:
    """Applies commands at moments, transitions as they come due, and remembers all of it."""

    def __init__(self, market=None, to="12:00", date="2020-05-27"):
        self.engine = Engine()
        self.commands: list[Sequenced] = []
        self.told = []
        self.names = 0
        self.now = parse_instant(f"{date}T00:00:00")
        self.send(VenueOpened(7, 1))
        self.send(ConfigurationLoaded(market or small()))
        self._plan()
        self.to(to)

    @property
    def state(self):
        return self.engine.state

    def to(self, time):
        """Let the clock go to "16:50", of the day it stands in, or to "2020-05-28T12:00"; return what happens."""
        moment = parse_instant(time if "T" in time else f"{date_of(self.now)}T{time}")
        assert moment >= self.now
        before = len(self.told)
        while True:
            timer, standby = self.engine.next_due_time(), self.engine.next_due()
            answer = self.depository.next_due_time()
            following = self.agenda.next_time if answer is None else min(answer, self.agenda.next_time)
            if timer is not None and timer <= min(moment, following):
                self.now = max(self.now, timer)
                self.send(standby)
            elif answer is not None and answer <= moment and answer < self.agenda.next_time:
                self.now = max(self.now, answer)
                self.send(self.depository.take())
            elif (transition := self.agenda.take(moment)) is not None:
                self.now = max(self.now, transition.time)
                self.send(transition.command)
            else:
                break
        self.now = moment
        return [event for events in self.told[before:] for event in events]

    @cached_property
    def depository(self):
        """It answers by itself: 5 minutes after the request, at once at the day's end, unless `expects` says more."""
        return Simulated(lambda: self.engine.state)

    def expects(self, **ordered):
        """Order something of the depository."""
        self.depository.order(ordered, self.now)

    def send(self, command):
        sequenced = Sequenced(len(self.commands) + 1, self.now, command)
        self.commands.append(sequenced)
        events = self.engine.apply(sequenced)
        self.told.append(events)
        for trading in self.state.trading.values():
            waits = trading.key in self.state.terms.suspended or self.state.phase(trading) is not Phase.CONTINUOUS
            trading.book._check(may_cross=waits)
        return list(events)

    def decide(self, kind, *terms, actor="chairman", reason="why", document="", ground=""):
        """Decide something; what is due after it is planned anew."""
        events = self.send(kind(Decision(f"d{len(self.commands)}", actor, reason, document, ground), *terms))
        assert isinstance(self.commands[-1].command, DecisionCommand)
        self._plan()
        return events

    def refused(self, kind, *terms, **by):
        """The code and clause of a decision that is refused, and changes nothing."""
        before = self.engine.hash()
        (event,) = self.decide(kind, *terms, **by)
        assert isinstance(event, DecisionRefused), event
        assert self.engine.hash() == before
        return event.refusal.code, event.refusal.clause

    def order(self, user, side, quantity, price=None, symbol=EUR, **more):
        more.setdefault("kind", OrderKind.MARKET if price is None else OrderKind.LIMIT)
        more.setdefault("tif", TimeInForce.DAY)
        self.names += 1
        price = parse_price(price) if price else None
        terms = {"symbol": symbol, "side": side, "quantity": quantity, "price": price}
        account = more.pop("account", f"F_{user}_0000")
        return self.send(NewOrder(user, f"c{self.names}", account, **terms, **more))

    def buy(self, user, quantity, price=None, symbol=EUR, **more):
        return self.order(user, Side.BUY, quantity, price, symbol, **more)

    def sell(self, user, quantity, price=None, symbol=EUR, **more):
        return self.order(user, Side.SELL, quantity, price, symbol, **more)

    def cancel(self, user, order_id, **more):
        self.names += 1
        return self.send(CancelOrder(user, f"c{self.names}", order_id, **more))

    def replace(self, user, order_id, price=None, **more):
        self.names += 1
        price = parse_price(price) if price else None
        return self.send(ReplaceOrder(user, f"c{self.names}", order_id, price=price, **more))

    def phase(self, symbol):
        return self.state.phase(self.state.listings[symbol].boards[0])

    def book(self, symbol):
        """[(user, price, leaves)] bids then asks, best first."""
        book = self.state.listings[symbol].boards[0].book
        return [(order.user, order.price / 10**8, order.leaves) for order in book.orders()]

    def _plan(self):
        self.agenda = plan_of(self.state, calendars(), self.now)


def same_on_replay(desk):
    """Law 1: the same commands give the same events and the same state."""
    again = Engine()
    assert [again.apply(command) for command in desk.commands] == desk.told
    assert again.hash() == desk.engine.hash()


def read_back(engine: Engine) -> Engine:
    """Return an engine that goes on where this one is."""
    mark = engine.take_mark()
    in_force = None if mark.market is None else mark.market.configuration
    settings = encode_configuration(mark.configuration), encode_configuration(in_force)
    return Engine(revive(mark.bytes, mark.sequence, *settings, [gained(mark, None)]))
