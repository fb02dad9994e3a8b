"""How market makers keep their liabilities: the fold against a count second by second (R-155, R-156)."""

import datetime as dt

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.calendar.almaty import instant
from kase_fix.marketdata.makers import Makers
from kase_fix.marketdata.quoting import AFTER, BEFORE, CLOSED, RELEASED, RELIEVED
from kase_fix.messages.day_events import (
    ConfigurationApplied,
    DayClosed,
    DayOpened,
    InstrumentChanged,
    PhaseEntered,
    TradingSuspended,
)
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.events import Published
from kase_fix.messages.making import Liability, MakerRelieved
from kase_fix.messages.order_events import OrderAccepted, OrderFormed, OrderShown
from kase_fix.rulebook.making import Quote, volume_of
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import parse_price
from tests.marketdata.makers_oracle import measured
from tests.marketdata.test_market_fold import CONFIGURATION, DAY, GROUP, TODAY, TOMORROW, order

BOARD, EUR = "EUR_TOM", "EURKZT_TOM"
SECOND = 1_000_000_000
BEGIN = instant(TODAY, dt.time(10, 30))
LENGTH = 60
LAST_DAY = parse_price("451")
LIABILITY = Liability(
    1,
    "FIRMA",
    EUR,
    BOARD,
    spread=parse_price("2"),
    quantity=2000,
    deviation_hundredths=100,
    share_hundredths=5000,
)
PLACE = LIABILITY.place
OPENS = PhaseEntered(BOARD, Phase.CONTINUOUS, "art. 12", (EUR,))
CLOSES = PhaseEntered(BOARD, Phase.CLOSED, "art. 12", (EUR,))


def configured(*liabilities):
    return ConfigurationApplied(msgspec.structs.replace(CONFIGURATION, makers=liabilities))


def marked(name, side=Side.BUY, firm="FIRMA", marked=True):
    state = order(firm, side)
    return msgspec.structs.replace(state, order_id=name, market_maker=marked)


def accepted(name, side=Side.BUY, firm="FIRMA", is_marked=True):
    return OrderAccepted(marked(name, side, firm, is_marked))


def shown(name, side, price, quantity):
    return OrderShown(name, EUR, side, parse_price(price), quantity, BOARD)


def deal(quantity, buyer=True, seller=False):
    buy, sell = marked("b", Side.BUY, marked=buyer), marked("s", Side.SELL, "FIRMB", seller)
    return Deal("1", EUR, BOARD, parse_price("451"), quantity, TOMORROW, Side.BUY, "continuous", buy, sell)


class Day:
    """Events at seconds after the opening of the session."""

    def __init__(self, *liabilities, day=DAY):
        self.makers = Makers()
        self.published = []
        self.at(-60, configured(*liabilities or (LIABILITY,)))
        self.at(-50, day)

    def at(self, second, *events):
        one = Published(len(self.published) + 1, BEGIN + second * SECOND, events)
        self.published.append(one)
        self.makers.apply(one)
        return self

    def now(self, second, place=PLACE):
        return self.makers.quotings[place].at(BEGIN + second * SECOND)

    def quote(self, second, bid="450", ask="452", quantity=2000):
        return self.at(
            second,
            accepted("b"),
            shown("b", Side.BUY, bid, quantity),
            accepted("s", Side.SELL),
            shown("s", Side.SELL, ask, quantity),
        )


def seconds(quoting):
    def since(moment):
        return None if moment is None else (moment - BEGIN) // SECOND

    return quoting.due // SECOND, quoting.kept // SECOND, quoting.lapses, since(quoting.first), since(quoting.last)


def test_time_counts_from_the_opening_and_between_events():
    day = Day().at(0, OPENS).quote(10)
    assert seconds(day.now(10)) == (10, 0, 1, None, None)
    assert seconds(day.now(30)) == (30, 20, 1, 10, 30)
    quoting = day.at(40, shown("b", Side.BUY, "450", 0)).now(50)
    assert seconds(quoting) == (50, 30, 2, 10, 40)
    assert quoting.hundredths == 6000
    assert quoting.is_kept
    assert [(one.kinds, one.ends is None) for one in quoting.breaches] == [
        (("NO_BUY", "NO_SELL"), False),
        (("NO_BUY",), True),
    ]
    day.at(60, CLOSES)
    assert day.now(500).due == 60 * SECOND
    assert day.now(500).idle == CLOSED
    assert day.now(500).breaches[-1].ends == BEGIN + 60 * SECOND
    assert day.now(500).is_kept  # 30 of 60, half of which was asked for


def test_what_a_quote_must_be():
    for bid, ask, quantity, short in (
        ("450.00", "452.00", 2000, ()),
        ("450.00", "452.01", 2000, ("SPREAD",)),
        ("450.00", "452.00", 1999, ("QTY",)),
        ("446.49", "448.00", 2000, ()),  # 451 less 1 % is 446.49: at the limit it still stands
        ("446.48", "448.00", 2000, ("DEVIATION",)),
    ):
        now = Day().at(0, OPENS).quote(1, bid, ask, quantity).now(2)
        assert now.short == short, (bid, ask, quantity)
    now = Day().at(0, OPENS).quote(1).now(2)
    assert (now.buy, now.sell) == (Quote(parse_price("450"), 2000), Quote(parse_price("452"), 2000))
    assert (now.spread, now.spread_hundredths) == (parse_price("2"), 44)


def test_only_marked_orders_at_the_best_price_count():
    day = Day().at(0, OPENS).quote(1, quantity=1000)
    assert day.now(2).short == ("QTY",)
    day.at(3, accepted("more", Side.BUY), shown("more", Side.BUY, "449.50", 5000))
    assert day.now(4).short == ("QTY",)  # behind the best price
    day.at(5, accepted("plain", is_marked=False), shown("plain", Side.BUY, "450", 5000))
    day.at(5, accepted("other", firm="FIRMB"), shown("other", Side.BUY, "450", 5000))
    assert day.now(6).short == ("QTY",)
    day.at(7, accepted("same", Side.BUY), shown("same", Side.BUY, "450", 1000))
    day.at(7, accepted("ask", Side.SELL), shown("ask", Side.SELL, "452", 1000))
    assert day.now(8).short == ()
    assert day.now(8).buy.quantity == 2000


def test_what_passes_within_a_command_is_no_breach():
    day = Day().at(0, OPENS, *Day().quote(0).published[-1].events)
    day.at(5, shown("b", Side.BUY, "450", 0), shown("b", Side.BUY, "450.50", 2000))
    assert day.now(9).breaches == []
    assert seconds(day.now(9)) == (9, 9, 0, 0, 9)


def test_nothing_is_due_in_standby_or_while_suspended():
    day = Day().at(0, OPENS).at(10, PhaseEntered(BOARD, Phase.STANDBY, "art. 7", (EUR,)))
    day.at(20, OPENS).at(30, TradingSuspended(BOARD, (EUR,), True)).at(45, TradingSuspended(BOARD, (EUR,), False))
    assert day.now(60).due == 35 * SECOND
    assert day.now(60).lapses == 3


def test_released_by_his_deals_and_relieved_by_the_exchange():
    day = Day(msgspec.structs.replace(LIABILITY, released_after=5000)).at(0, OPENS)
    day.at(10, deal(4999)).at(20, deal(9999, buyer=False))
    assert day.now(30).due == 30 * SECOND
    day.at(30, deal(1))
    assert (day.now(60).due, day.now(60).idle, day.now(60).dealt) == (30 * SECOND, RELEASED, 5000)
    relieved = Day().at(0, OPENS).at(10, MakerRelieved("FIRMA", EUR, True))
    relieved.at(15, MakerRelieved("FIRMB", EUR, False))
    assert relieved.now(20).idle == RELIEVED
    assert relieved.at(30, MakerRelieved("FIRMA", EUR, False)).now(40).due == 20 * SECOND


def test_hours_begin_and_end_without_an_event():
    hours = {"begins": dt.time(10, 30, 20), "ends": dt.time(10, 31)}
    day = Day(msgspec.structs.replace(LIABILITY, **hours)).at(0, OPENS).quote(30)
    assert day.now(31).due == 11 * SECOND
    assert seconds(day.now(100)) == (40, 30, 1, 30, 60)
    assert day.now(100).idle == AFTER
    waiting = Day(msgspec.structs.replace(LIABILITY, **hours)).at(0, OPENS)
    assert [waiting.now(second).idle for second in (19, 20, 59, 60)] == [BEFORE, "", "", AFTER]
    assert len(waiting.now(20).breaches) == 1


def test_another_configuration_changes_what_is_due_from_then_on():
    day = Day().at(0, OPENS).quote(0, bid="449", ask="453")
    assert day.now(10).short == ("SPREAD",)
    wider = msgspec.structs.replace(LIABILITY, spread=parse_price("4"))
    other = msgspec.structs.replace(LIABILITY, number=2, firm="FIRMB")
    day.at(10, configured(wider, other))
    assert seconds(day.now(30)) == (30, 20, 1, 10, 30)
    assert day.now(30, other.place).due == 20 * SECOND
    day.at(30, configured(other))
    assert set(day.makers.quotings) == {other.place}


def test_another_kind_of_price_has_no_last_day():
    day = Day().at(0, OPENS).quote(0, bid="300", ask="302")
    assert day.now(1).short == ("DEVIATION",)
    instrument = CONFIGURATION.instruments[1]
    day.at(5, InstrumentChanged(msgspec.structs.replace(instrument, price_kind="dirty")))
    assert day.now(6).short == ()


def test_orders_of_several_days_are_known_in_the_morning():
    day = Day(day=msgspec.structs.replace(DAY, standing=(marked("b"),)))
    day.at(0, OPENS, shown("b", Side.BUY, "450", 2000))
    day.at(1, OrderFormed(marked("s", Side.SELL)), shown("s", Side.SELL, "452", 2000))
    assert seconds(day.now(10)) == (10, 9, 1, 1, 10)
    day.at(100, DayClosed(TODAY, ""), CLOSES)
    day.at(200, DayOpened(TOMORROW, {EUR: TOMORROW}, {}, {EUR: LAST_DAY}, ""))
    assert seconds(day.now(300)) == (0, 0, 0, None, None)
    assert day.now(300).buy is None


def test_standing_is_told_when_it_changes():
    day = Day().at(0, OPENS)
    assert day.makers.changed == {PLACE}
    assert day.quote(1).makers.changed == {PLACE}
    assert day.quote(2).makers.changed == set()
    assert day.at(3, shown("b", Side.BUY, "450.50", 2000)).makers.changed == set()
    assert day.at(4, shown("b", Side.BUY, "440", 2000)).makers.changed == {PLACE}


def test_volume_is_money_or_nothing():
    instrument = CONFIGURATION.instruments[1]
    assert volume_of(instrument, GROUP, Quote(parse_price("450"), 2000)) == 900_000_00
    yields = msgspec.structs.replace(GROUP, price_kind="yield")
    assert volume_of(instrument, yields, Quote(parse_price("10"), 1)) == 0
    day = Day(msgspec.structs.replace(LIABILITY, volume=900_000_01)).at(0, OPENS).quote(0)
    assert day.now(1).short == ("VOL",)


PRICES = st.sampled_from(["445", "449", "450", "450.50", "451", "452", "452.50", "453", "457"])
NAMES = ("b", "b2", "s", "s2", "x")
SIDES = {"b": Side.BUY, "b2": Side.BUY, "s": Side.SELL, "s2": Side.SELL, "x": Side.BUY}


@st.composite
def happenings(draw):
    kind = draw(st.sampled_from(["show"] * 8 + ["phase", "suspend", "relieve", "deal", "nothing"]))
    if kind == "show":
        name = draw(st.sampled_from(NAMES))
        return shown(name, SIDES[name], draw(PRICES), draw(st.sampled_from([0, 1000, 2000, 3000])))
    if kind == "phase":
        return PhaseEntered(BOARD, draw(st.sampled_from([Phase.CONTINUOUS, Phase.STANDBY, Phase.CLOSED])), "", (EUR,))
    if kind == "suspend":
        return TradingSuspended(BOARD, (EUR,), draw(st.booleans()))
    if kind == "relieve":
        return MakerRelieved("FIRMA", EUR, draw(st.booleans()))
    if kind == "deal":
        return deal(draw(st.sampled_from([1000, 3000])), draw(st.booleans()), draw(st.booleans()))
    return None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, LENGTH - 1), st.lists(happenings(), max_size=3)), max_size=25),
    st.one_of(st.none(), st.tuples(st.integers(0, 30), st.integers(31, LENGTH))),
    st.sampled_from([None, 4000]),
)
def test_the_measure_is_what_a_count_of_the_seconds_says(story, hours, released_after):
    """Nothing happens at the very end: a breach that begins there has not lasted a second, and is one all the same."""

    def clock(second):
        return dt.time(10, 30 + second // 60, second % 60)

    liability = msgspec.structs.replace(
        LIABILITY,
        begins=clock(hours[0]) if hours else None,
        ends=clock(hours[1]) if hours else None,
        released_after=released_after,
    )
    day = Day(liability)
    day.at(0, OPENS, *(accepted(name, SIDES[name], is_marked=name != "x") for name in NAMES))
    for second, events in sorted(story, key=lambda one: one[0]):
        day.at(second, *(event for event in events if event is not None))
    begins, ends = hours or (0, LENGTH)
    expected = measured(liability, day.published, LENGTH, lambda time: (time - BEGIN) // SECOND, LAST_DAY, begins, ends)
    last = max((second for second, _ in story), default=0)
    found = day.now(max(LENGTH, last))
    assert found.since == BEGIN + LENGTH * SECOND
    assert seconds(found) == expected
    spans = [(one.ends or found.since) - one.begins for one in found.breaches]
    assert all(span > 0 for span, one in zip(spans, found.breaches, strict=True) if one.ends is not None)
    assert sum(spans) == found.due - found.kept
    in_full = Makers()
    for one in day.published:
        in_full.apply(one)
    assert in_full.quotings[PLACE].at(found.since).__dict__ == found.__dict__


def test_questions_do_not_change_the_measure():
    asked, unasked = Day().at(0, OPENS), Day().at(0, OPENS)
    for second in range(1, 30):
        asked.now(second)
    assert seconds(asked.quote(30).now(60)) == seconds(unasked.quote(30).now(60))
