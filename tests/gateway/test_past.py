"""What is read from the past is what was kept of it: by those who ask for orders, and by those who come late."""

import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from queue import SimpleQueue

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kase_fix.gateway import catching_up
from kase_fix.gateway.drop_copy import DropCopy
from kase_fix.gateway.orders import Orders, Portrait
from kase_fix.gateway.reports import Came, Reports
from kase_fix.journal import log as journal_log
from kase_fix.journal.log import EventLog
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import BoardPhaseChanged, CancelOrder, NewOrder
from kase_fix.messages.configuration import User
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.rulebook.operational_day import DROP_COPY
from kase_fix.values.enums import OrderKind, Phase, Side, TimeInForce
from tests.engine.market import MarketInTest

USERS = ("FIRMA", "FIRMB", "00100")
DIALECTS = {"FIRMA": "FIX44", "FIRMB": "NEXT", "00100": "NEXT", "DROPA": "NEXT"}
steps = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "again", "again", "cancel", "replace", "turn", "who", "who"]),
        st.sampled_from(USERS),
        st.integers(0, 1),
        st.integers(0, 6),
        st.integers(-3, 3),
    ),
    min_size=10,
    max_size=80,
)
AWAY = [("new", "FIRMB", 0, 2, 0), ("who", "FIRMB", 0, 0, 0)]
THEN_DEALT = ("new", "FIRMA", 1, 1, 0)


def events_of(script):
    """Play a script; return what it publishes, and before which command who comes or goes."""
    market, living, turns = MarketInTest(), [], defaultdict(list)
    board = next(one.board for one in market.market.instruments if one.symbol == "EURKZT_TOM")
    phases = [Phase.CONTINUOUS, Phase.CLOSED]
    last = None
    for kind, user, side, lots, price in script:
        if kind == "who":
            turns[len(market.commands) + 1].append("DROPA" if lots == 6 else user)
        elif kind == "turn":
            phase = phases[(lots + side) % 2]
            market.send(BoardPhaseChanged(board, phase, f"{board}:{len(market.commands)}", "art. 10 p. 1"))
        elif kind == "new":
            name, account = market.name(), f"F_{user}_0000"
            last = NewOrder(user, name, account, "EURKZT_TOM", Side(side + 1), OrderKind.LIMIT, 1000 * lots, None)
            last = msgspec.structs.replace(last, price=(45000 + price) * 10**6, tif=TimeInForce.DAY)
            events = market.send(last)
            living += [event.order.order_id for event in events if type(event).__name__ == "OrderAccepted"]
        elif kind == "again" and last is not None:
            market.send(msgspec.structs.replace(last, poss_resend=True))
        elif living:
            order_id = living[lots % len(living)]
            if kind == "cancel":
                market.send(CancelOrder(user, market.name(), order_id))
            elif kind == "replace":
                market.replace(user, order_id, (45000 + price) * 10**6, quantity=lots * 1000)
    told = [
        Published(sequenced.number, sequenced.time, events)
        for sequenced, events in zip(market.commands, market.told, strict=True)
    ]
    return told, turns


class Remembered:
    """All orders and deals in memory, as plainly as can be."""

    def __init__(self):
        self.states, self.names, self.of, self.deals = {}, defaultdict(dict), defaultdict(dict), defaultdict(list)

    def apply(self, number, index, time, event):
        if isinstance(event, DayOpened):
            self.__init__()
        elif isinstance(event, Deal):
            self.states[event.buy.order_id], self.states[event.sell.order_id] = event.buy, event.sell
            for user in dict.fromkeys((event.buy.user, event.sell.user)):
                self.deals[user].append((number, index, time, event))
        elif (order := getattr(event, "order", None)) is not None and type(event).__name__ != "OrderRefused":
            self.of[order.user].setdefault(order.order_id)
            self.states[order.order_id] = order
            self.names[order.user, order.cl_ord_id][order.order_id] = None


def check(orders, plain):
    for user in USERS:
        assert orders.of_user(user) == [plain.states[order_id] for order_id in plain.of[user]]
        assert orders.deals_of(user) == plain.deals[user]
    for order_id, state in plain.states.items():
        assert orders.find(state.user, state.firm, order_id) == orders.present(state) == state
        assert orders.find("FIRMC", "FIRMC", order_id) is None
    for (user, name), named in plain.names.items():
        assert orders.named(user, user, "", name) == [plain.states[order_id] for order_id in named]
    assert orders.named("FIRMA", "FIRMA", "", "nobody's") == []
    assert orders.find("FIRMA", "FIRMA", "NF_999999") is None


@settings(max_examples=80, deadline=None)
@given(steps, st.data())
def test_orders_read_from_the_past_are_those_kept_in_memory_also_behind_a_portrait(script, data):
    told, _ = events_of(script)
    log, plain = EventLog(), Remembered()
    orders = Orders(log)
    cut = data.draw(st.integers(0, len(told)))
    for place, published in enumerate(told):
        if place == cut:
            portrait = msgspec.msgpack.decode(msgspec.msgpack.encode(orders.portrait()), type=Portrait)
            orders = Orders(log)
            orders.restore(portrait)
        log.keep(published, encode_published(published))
        for index, event in enumerate(published.events):
            orders.apply(published.number, index, published.time, event)
            plain.apply(published.number, index, published.time, event)
    check(orders, plain)


class Line:
    """Acceptor and gate in one, of one service."""

    def __init__(self, comp_id, online):
        self.comp_id, self.online = comp_id, set(online)
        self.counts, self.unwritable = Counter(), False
        self.sent = defaultdict(list)

    def dialect_of(self, user):
        return DIALECTS[user]

    def tells(self, user):
        return user in self.online

    def came(self, _):
        pass

    def apply(self, _):
        pass

    def send(self, user, body, **_):
        if "\x01527=" in body:
            self.sent[user].append(body)


def heard(told, turns, directory):
    """Return what everybody was told by the end: whoever is named in `turns` comes or goes before that command."""
    log = EventLog()
    api, copies = Line("KASE", USERS), Line("KASEDC", ["DROPA"])
    members = [User(name, name, ("fx",), (f"F_{name}_0000",), DIALECTS[name]) for name in USERS]
    listener = User("DROPA", "FIRMA", ("fx",), (), DIALECTS["DROPA"], (DROP_COPY,))
    drop = DropCopy(copies, copies, [listener], members, directory / DROP_COPY)
    reports = Reports(api, api, str, members, directory / "api", log, SimpleQueue(), copies=drop)

    def turn(user):
        line, service = (copies, DROP_COPY) if user == "DROPA" else (api, "api")
        line.online ^= {user}
        if user in line.online:
            reports._deal_with(Came(user, service))

    for published in told:
        for user in turns.get(published.number, ()):
            turn(user)
        log.keep(published, encode_published(published))
        reports._deal_with(published)
        while not reports.reader.empty() and published.number % 3 == 0:
            reports._deal_with(reports.reader.get())
    for user in (*(set(USERS) - api.online), *({"DROPA"} - copies.online)):
        turn(user)
    while not reports.reader.empty():
        reports._deal_with(reports.reader.get())
    assert reports.counts["failures"] == 0
    return {**api.sent, **copies.sent}


@settings(max_examples=60, deadline=None)
@example([*AWAY, ("again", "FIRMB", 0, 0, 0), THEN_DEALT], 5, 5, 2000)
@example([*AWAY, ("replace", "FIRMB", 0, 0, 0), ("cancel", "FIRMA", 0, 0, 0), THEN_DEALT], 5, 5, 2000)
@example([*AWAY, ("turn", "FIRMB", 0, 1, 0), ("cancel", "FIRMB", 0, 0, 0), ("turn", "FIRMB", 0, 0, 0)], 1, 1, 100)
@given(steps, st.integers(1, 5), st.integers(1, 5), st.integers(100, 2000))
def test_who_comes_and_goes_hears_in_the_end_the_very_words_of_one_who_stays(script, seen, given, block):
    """Boards turn, orders are filled and changed meanwhile: a late report says what it would have said in time."""
    told, turns = events_of(script)
    before = catching_up.SEEN, catching_up.GIVEN, journal_log.BLOCK
    catching_up.SEEN, catching_up.GIVEN, journal_log.BLOCK = seen, given, block
    try:
        with tempfile.TemporaryDirectory() as name:
            stayed = heard(told, {}, Path(name) / "stayed")
            came = heard(told, turns, Path(name) / "came")
    finally:
        catching_up.SEEN, catching_up.GIVEN, journal_log.BLOCK = before
    assert came == stayed
