"""What vendors rebuild from W and X is the engine's book, after every command, however they come and go.

A random day: limit, market and hidden orders, changes and cancels in a currency and in a bond whose every cross opens
a standby; auctions, deals cancelled and corrected, the ends of sessions, restarts of the publisher. Vendors at any
depth, by price and by order, with increments and with whole snapshots, join, leave and lose messages when hypothesis
says so. Their deals and the prices of the day are the exchange's too.
"""

import datetime as dt
import random
from collections import Counter
from queue import SimpleQueue

import msgspec
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from kase_fix.gateway import publisher
from kase_fix.gateway.dialect.questions import MarketData, SecurityList
from kase_fix.gateway.publisher import Arrived, AskedFor, Gone, Publisher
from kase_fix.gateway.streams import Entitlement
from kase_fix.messages.auction_events import AuctionEnded
from kase_fix.messages.corrections import BustDeal, CorrectDeal, DealBusted, DealCorrected
from kase_fix.messages.day_events import InstrumentChanged
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.order_events import OrderAccepted
from kase_fix.values.enums import Side
from kase_fix.values.numbers import format_price
from tests.engine.desk import BOND, EUR, Desk, small
from tests.gateway.vendor import SOH, Vendor, entries_of

KINDS = [(depth, by_order) for depth in (1, 5, 0) for by_order in (False, True)]
MEMBERS = ("FIRMA", "FIRMB", "00100")


class Sessions:
    """In place of an acceptor and its gate."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.vendors = {}
        self.counts = Counter()
        self.online = set()
        self.refused = []
        self.lost = set()

    def dialect_of(self, user):  # noqa: ARG002
        return self.dialect

    def tells(self, user):  # noqa: ARG002
        return True

    def apply(self, told):
        pass

    def send(self, user, body, has_groups=False):  # noqa: ARG002
        if body.startswith("35=Y"):
            self.refused.append(body)

    def send_all(self, readers, body):
        for user, request in readers:
            if (user, request) in self.lost:
                self.lost.discard((user, request))  # the line dropped it
            elif (user, request) in self.vendors:
                self.vendors[user, request].hears(body)


class Floor:
    """The engine, a publisher behind it, and vendors."""

    def __init__(self, dialect="FIX44", entitlements=None):
        self.desk = Desk(small(standby="every cross"), to="11:31")
        self.history = []
        self.entitlements = entitlements
        self.sessions = Sessions(dialect)
        self.start()

    def start(self):
        self.sessions.vendors.clear()
        services = {"md": self.sessions}
        now = lambda: self.desk.now  # noqa: E731
        self.publisher = Publisher(services, services, self.history, SimpleQueue(), self.entitlements, now)
        self.tell()

    def tell(self):
        for number in range(len(self.history), len(self.desk.told)):
            published = Published(number + 1, self.desk.commands[number].time, tuple(self.desk.told[number]))
            self.history.append(published)
            self.publisher._deal_with(published)
            assert self.publisher._desks[0].failures == 0

    def arrive(self, at):
        """What has happened comes all at once; `at`: since when it has waited, by the machine's clock."""
        first = len(self.history)
        for number in range(first, len(self.desk.told)):
            self.history.append(Published(number + 1, self.desk.commands[number].time, tuple(self.desk.told[number])))
        self.publisher._deal_with(Arrived(tuple(self.history[first:]), at))

    def joins(self, symbol, depth, by_order, user="VENDOR1", interval=0, whole=False):
        request = f"{symbol}-{depth}-{by_order}-{user}-{interval}-{whole}"
        if (user, request) in self.sessions.vendors:
            return None
        vendor = self.sessions.vendors[user, request] = Vendor(user, depth, by_order, whole)
        update = 0 if whole else 1
        asked = MarketData(user, request, 1, depth, update, 0, (), (symbol,), False, "", not by_order, interval)
        self.publisher._deal_with(AskedFor("md", asked))
        assert self.sessions.refused == []
        vendor.symbol, vendor.request, vendor.since = symbol, request, len(self.history)
        return vendor

    def leaves(self, vendor):
        del self.sessions.vendors[vendor.user, vendor.request]
        asked = MarketData(vendor.user, vendor.request, 2, 0, 1, 0, (), (), False)
        self.publisher._deal_with(AskedFor("md", asked))

    def truth(self, symbol, depth, by_order):
        """Return the engine's own book as a vendor has to see it."""
        orders = [one for one in self.desk.state.listings[symbol].boards[0].book.orders() if one.visible]
        sides = {}
        for name, side in (("bids", Side.BUY), ("asks", Side.SELL)):
            here = [one for one in orders if one.side is side]
            prices = sorted({one.price for one in here}, reverse=side is Side.BUY)[: depth or None]
            text = {price: format_price(price, 2) for price in prices}
            if by_order:
                sides[name] = sorted((one.order_id, text[one.price], one.visible) for one in here if one.price in text)
            else:
                sides[name] = [
                    (
                        text[price],
                        sum(one.visible for one in here if one.price == price),
                        sum(one.price == price for one in here),
                    )
                    for price in prices
                ]
        return sides

    def compare(self):
        for vendor in self.sessions.vendors.values():
            assert vendor.seen() == self.truth(vendor.symbol, vendor.depth, vendor.by_order)


def deals_of(told, symbol):
    """Return the deals that stand, each with the number of its command, first done first."""
    done = {}
    for number, events in enumerate(told, 1):
        for one in events:
            if isinstance(one, Deal) and one.symbol == symbol:
                done[one.deal_id] = number, one
            elif isinstance(one, DealBusted):
                done.pop(one.deal.deal_id, None)
            elif isinstance(one, DealCorrected) and one.deal.deal_id in done:
                done[one.deal.deal_id] = done[one.deal.deal_id][0], one.deal
    return done


ACTIONS = st.one_of(
    st.tuples(
        st.just("join"),
        st.sampled_from([EUR, BOND]),
        st.tuples(st.integers(0, 9), st.booleans()),
        st.sampled_from("AB"),
        st.booleans(),
    ),
    st.tuples(st.just("leave"), st.integers(0, 10)),
    st.tuples(st.just("lose"), st.integers(0, 10)),
    st.tuples(st.just("restart")),
)
LENGTH = 120


def trading(chance):
    """Return what members do on a day of so many steps: quotes around the middle, some of which trade."""
    for _ in range(LENGTH):
        draw, number = chance.random(), chance.randrange(100)
        distance, lots = chance.randint(-3, 3), chance.randint(1, 4)
        if draw < 0.65:
            hidden = chance.random() < 0.2
            yield (
                "order",
                chance.choice((EUR, BOND)),
                chance.choice(list(Side)),
                distance,
                lots,
                chance.choice(MEMBERS),
                hidden,
            )
        elif draw < 0.8:
            yield "cancel", number
        elif draw < 0.9:
            yield "change", number, distance, lots
        elif draw < 0.94:
            yield "take_back", number, chance.choice((None, distance))
        else:
            yield "wait", chance.randint(1, 900)


class Day(Floor):
    """Steps of a random day."""

    def __init__(self, dialect):
        super().__init__(dialect)
        self.living = []
        self.end = self.desk.now + 5 * 3600 * 10**9

    def order(self, symbol, side, distance, lots, user, hidden):
        middle = 450 if symbol == EUR else 90
        display = 1000 if hidden and lots > 1 else None
        told = self.desk.order(user, side, lots * 1000, f"{middle + distance / 10:.2f}", symbol, display=display)
        self.living += [(user, one.order.order_id, middle) for one in told if isinstance(one, OrderAccepted)]
        if any(isinstance(one, Deal) for one in told):
            event("a deal")

    def cancel(self, number):
        if self.living:
            self.desk.cancel(*self.living[number % len(self.living)][:2])

    def change(self, number, distance, lots):
        if self.living:
            user, order_id, middle = self.living[number % len(self.living)]
            self.desk.replace(user, order_id, f"{middle + distance / 10:.2f}", quantity=lots * 1000)

    def take_back(self, number, distance):
        """Cancel one of the day's deals, or correct its price."""
        done = {**deals_of(self.desk.told, EUR), **deals_of(self.desk.told, BOND)}
        if done:
            name, (_, deal) = list(done.items())[number % len(done)]
            office = {"actor": "administrator", "document": "7"}
            if distance is None:
                told = self.desk.decide(BustDeal, name, **office)
            else:
                told = self.desk.decide(CorrectDeal, name, deal.price + distance * 10**7, **office)
            if any(isinstance(one, DealBusted | DealCorrected) for one in told):
                event("a deal taken back")

    def compare(self):
        super().compare()
        done = {symbol: deals_of(self.desk.told, symbol) for symbol in (EUR, BOND)}
        for vendor in self.sessions.vendors.values():
            every = done[vendor.symbol]
            told = {
                name: (format_price(deal.price, 2), deal.quantity)
                for name, (number, deal) in every.items()
                if number > vendor.since
            }
            if not vendor.whole:  # a snapshot tells the last deal alone
                assert {name: vendor.tape.get(name) for name in told} == told
                assert set(vendor.tape) <= set(every)
            prices = [deal.price for _, deal in every.values()]
            day = {"4": prices[0], "7": max(prices), "8": min(prices)} if prices else {}
            assert vendor.facts == {kind: format_price(price, 2) for kind, price in day.items()}

    def wait(self, seconds):
        moment = min(self.desk.now + seconds * 10**9, self.end)
        there = dt.datetime.fromtimestamp(moment // 10**9, dt.UTC) + dt.timedelta(hours=6)
        if moment > self.desk.now:
            self.desk.to(there.strftime("%Y-%m-%dT%H:%M:%S"))

    def join(self, symbol, kind, user, whole=False):
        self.joins(symbol, *kind, user=user, whole=whole)

    def leave(self, number):
        vendors = list(self.sessions.vendors.values())
        if vendors:
            self.leaves(vendors[number % len(vendors)])

    def lose(self, number):
        """A line breaks: the vendor finds the gap by himself and asks anew."""
        vendors = list(self.sessions.vendors.values())
        if vendors:
            vendor = vendors[number % len(vendors)]
            self.sessions.vendors.pop((vendor.user, vendor.request))
            self.publisher._deal_with(Gone("md", vendor.user))
            for other in [one for one in vendors if one.user == vendor.user and one is not vendor]:
                self.sessions.vendors.pop((other.user, other.request))
            self.joins(vendor.symbol, vendor.depth, vendor.by_order, vendor.user, whole=vendor.whole)

    def restart(self):
        self.start()


@pytest.mark.parametrize("dialect", ["FIX44", "NEXT"])
@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, LENGTH - 1), ACTIONS), max_size=25))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_vendor_has_the_engines_book_after_every_command(dialect, seed, actions):
    day = Day(dialect)
    for symbol in (EUR, BOND):
        for kind in KINDS:
            day.join(symbol, kind, "V")
    for number, (name, *terms) in enumerate(trading(random.Random(seed))):
        for what, *of in [action for place, action in actions if place == number]:
            getattr(day, what)(*of)
        getattr(day, name)(*terms)
        day.tell()
        day.compare()
    if any(isinstance(one, AuctionEnded) for events in day.desk.told for one in events):
        event("a standby")
    day.desk.to("17:30")
    day.tell()
    day.compare()
    assert all(vendor.book == {"bids": [], "asks": []} for vendor in day.sessions.vendors.values())


def test_a_lost_increment_is_noticed_and_a_snapshot_heals_it():
    floor = Floor()
    vendor = floor.joins(EUR, 5, False)
    floor.desk.buy("FIRMA", 1000, "449.00")
    floor.sessions.lost.add(("VENDOR1", vendor.request))
    floor.tell()
    with pytest.raises(AssertionError, match="something is missing"):
        vendor.hears(
            f"35=X|268=1|279=0|269=0|270=449.10|271=1000|346=1|290=1|83={vendor.number + 2}|".replace("|", SOH)
        )
    floor.leaves(vendor)
    floor.joins(EUR, 5, False)
    floor.compare()


def test_levels_wait_for_the_interval_and_deals_are_all_told(monkeypatch):
    """5250: what changed and changed back is not told; RptSeq has no gap; one who joins in between has all of it."""
    seconds = [100.0]
    monkeypatch.setattr(publisher.time, "monotonic", lambda: seconds[0])
    floor = Floor()
    slow, quick = floor.joins(EUR, 5, False, interval=500), floor.joins(EUR, 5, False)
    for number in range(20):
        floor.desk.buy("FIRMA", 1000, f"449.{number:02d}")
        floor.desk.sell("FIRMB", 1000, f"449.{number:02d}")
    floor.tell()
    assert (quick.counts["X"], slow.counts["X"]) == (40, 1)
    late = floor.joins(EUR, 5, False, "LATE", interval=500)
    assert len(slow.deals) == 20
    floor.desk.buy("FIRMA", 1000, "448.00")
    floor.tell()
    assert (slow.counts["X"], slow.seen()["bids"], late.seen()["bids"]) == (2, [], [])
    seconds[0] += 1.01
    floor.publisher._keep_up()
    floor.compare()
    assert slow.deals == quick.deals


def test_who_falls_behind_tells_less_often_no_deal_is_lost_and_a_turn_comes_last(monkeypatch):
    """R-186: two seconds late, one update in two seconds; caught up, each change at once again."""
    seconds = [100.0]
    monkeypatch.setattr(publisher.time, "monotonic", lambda: seconds[0])
    floor = Floor()
    vendor = floor.joins(EUR, 5, False)
    floor.sessions.online.add("VENDOR1")
    heard = []
    send_all = floor.sessions.send_all
    floor.sessions.send_all = lambda readers, body: (heard.append(body[3]), send_all(readers, body))
    floor.sessions.send = lambda _user, body, has_groups=False: heard.append(body[3])  # noqa: ARG005
    for number in range(20):
        floor.desk.buy("FIRMA", 1000, f"449.{number:02d}")
        floor.desk.sell("FIRMB", 1000, f"449.{number:02d}")
    floor.desk.buy("FIRMA", 1000, "448.00")
    floor.arrive(at=98.0)
    assert heard == ["X"]
    floor.publisher._keep_up()  # nothing more waits
    assert heard == ["X", "X"]
    assert len(vendor.deals) == 20
    floor.compare()
    floor.desk.buy("FIRMA", 1000, "448.10")
    floor.desk.buy("FIRMA", 1000, "448.20")
    floor.arrive(at=100.0)
    assert heard == ["X"] * 4
    for price in ("448.30", "448.40", "448.50"):
        floor.desk.buy("FIRMA", 1000, price)
    floor.desk.to("17:30")
    floor.arrive(at=98.0)
    assert heard[4:7] == ["X", "X", "h"]
    floor.publisher._keep_up()
    floor.compare()
    assert floor.publisher.counts["fell_behind"] == 2


def test_who_is_entitled_to_late_data_gets_them_that_much_later():
    """By the venue's clock: a rehearsal that stands tells him nothing new."""
    floor = Floor(entitlements={"LATE": Entitlement(delay=900 * 10**9)})
    floor.desk.buy("FIRMA", 1000, "449.00")
    floor.tell()
    floor.desk.to("11:40")
    floor.publisher._keep_up()
    late, now = floor.joins(EUR, 5, False, "LATE"), floor.joins(EUR, 5, False)
    assert (late.seen()["bids"], now.seen()["bids"]) == ([], [("449.00", 1000, 1)])
    floor.desk.to("11:45")
    floor.publisher._keep_up()
    assert late.seen()["bids"] == []
    floor.desk.to("11:46")
    floor.publisher._keep_up()
    assert late.seen()["bids"] == [("449.00", 1000, 1)]


def test_an_entitlement_is_to_markets():
    floor = Floor(entitlements={"FUT": Entitlement(("futures",))})
    floor.publisher._deal_with(AskedFor("md", MarketData("FUT", "r1", 1, 0, 1, 0, (), (EUR,), False)))
    assert floor.sessions.refused == [
        f"35=Y|262=r1|281=3|58=You are not entitled to market data of {EUR}|".replace("|", SOH)
    ]
    floor.sessions.refused.clear()
    floor.publisher._deal_with(AskedFor("md", MarketData("FUT", "r2", 1, 0, 1, 0, (), ("REPO",), False)))
    assert [one.partition("58=")[0] for one in floor.sessions.refused] == [f"35=Y{SOH}262=r2{SOH}281=3{SOH}"]


def test_what_is_alike_is_written_once():
    floor = Floor()
    vendors = [floor.joins(EUR, 5, False, f"V{number}") for number in range(10)]
    told = []
    floor.sessions.send_all = lambda readers, body: told.append((len(readers), body))
    floor.desk.buy("FIRMA", 1000, "449.00")
    floor.tell()
    assert [count for count, _ in told] == [len(vendors)]


def test_the_session_in_entries_of_fix44():
    """4, 5, 7, 8, 9 and B with the deals, the turnover in tenge and the members; 5 at the end, 5 with 286=4 before."""
    floor = Floor()
    told = []
    floor.sessions.send_all = lambda _readers, body: told.append(entries_of(body)[1])
    asked = MarketData("V", "r1", 1, 1, 1, 0, ("4", "5", "7", "8", "9", "B"), (EUR,), False)
    floor.publisher._deal_with(AskedFor("md", asked))
    assert [(one["269"], one["270"], one["286"]) for one in told.pop()] == [("5", "450.00", "4")]
    for price in ("449.00", "451.00"):
        floor.desk.buy("FIRMA", 1000, price)
        floor.desk.sell("FIRMB", 1000, price)
    floor.tell()
    last = {one["269"]: one for entries in told for one in entries}
    assert {kind: last[kind].get("270") for kind in "4789"} == {
        "4": "449.00",
        "7": "451.00",
        "8": "449.00",
        "9": "450.00",
    }
    assert [last["B"][tag] for tag in ("271", "5067", "5068", "5119")] == ["2000", "2", "900000.00", "2"]
    floor.desk.to("17:00")
    floor.tell()
    assert [(one["269"], one["270"]) for one in told[-1]] == [("5", "451.00")]


def test_what_is_listed_during_the_day_is_told_to_who_asked_for_all():
    """W to a subscriber of ALL, y to one of the list; the list's own instrument, changed, is y alone."""
    floor = Floor()
    told, lists = [], []
    floor.sessions.send_all = lambda readers, body: told.append((readers[0][0], entries_of(body)[0].get("55")))
    floor.sessions.send = lambda user, body, has_groups=False: lists.append((user, body, has_groups))
    floor.publisher._deal_with(AskedFor("md", MarketData("V", "r1", 1, 1, 1, 0, ("0",), (), True)))
    floor.publisher._deal_with(AskedFor("md", SecurityList("L", "x1", "4", "", 1)))
    told.clear(), lists.clear()
    euro = floor.desk.state.market.instruments[EUR]
    for symbol in ("EURKZT_NEW", EUR):
        listed = msgspec.structs.replace(euro, symbol=symbol)
        floor.publisher._deal_with(Published(900, floor.desk.now, (InstrumentChanged(listed),)))
    assert told == [("V", "EURKZT_NEW")]
    assert [
        (user, f"55={symbol}" in body, has_groups)
        for (user, body, has_groups), symbol in zip(
            [one for one in lists if one[1].startswith("35=y")], ("EURKZT_NEW", EUR), strict=True
        )
    ] == [("L", True, True)] * 2
    floor.publisher._deal_with(Gone("md", "L"))
    lists.clear()
    floor.publisher._deal_with(Published(901, floor.desk.now, (InstrumentChanged(euro),)))
    assert [one for one in lists if one[1].startswith("35=y")] == []


def test_what_an_ended_session_asked_is_not_answered_in_the_next():
    """Questions wait for what members did before them; a line may be lost and come back meanwhile."""
    floor, told = Floor(), []
    floor.sessions.send_all = lambda readers, _body: told.append(readers[0])
    floor.sessions.send = lambda user, body, has_groups=False: told.append((user, body, has_groups))
    asked = MarketData("V", "r1", 1, 1, 1, 0, ("0",), (EUR,), False)
    ended = MarketData("V", "r0", 2, 0, 0, 0, ("0",), (EUR,), False)
    floor.publisher._deal_with(Gone("md", "V"))
    for late in (asked, ended):
        floor.publisher._deal_with(AskedFor("md", late, ended=0))
    assert told == []
    floor.publisher._deal_with(AskedFor("md", asked, ended=1))
    assert told == [("V", "r1")]
