"""Events read from a position (law 8): what a reader who comes now is given, and what comes after."""

import msgspec

from kase_fix.engine.engine import Engine
from kase_fix.journal.log import EventLog
from kase_fix.messages.codec import encode_published
from kase_fix.messages.commands import ConfigurationLoaded, OperationalDayOpened, Sequenced
from kase_fix.messages.day_events import ConfigurationApplied, DayOpened
from kase_fix.messages.events import Published
from tests.journal.written import DATE, MARKET, NOON, SYMBOL, closing, opening, trading

NEXT_DAY = OperationalDayOpened(DATE.replace(day=28), {SYMBOL: DATE}, {}, "day:opens", "art. 5 p. 1")
OTHER = ConfigurationLoaded(msgspec.structs.replace(MARKET, self_trade="cancel_incoming"), "other")


def run(log, *commands, engine=None, number=0):
    """Publish what the commands bring about."""
    engine = engine or Engine()
    told = []
    for command in commands:
        number += 1
        published = Published(number, NOON, engine.apply(Sequenced(number, NOON, command)))
        log.publish(published, encode_published(published))
        told.append(published)
    return engine, told


def drained(reader):
    return [reader.get_nowait() for _ in range(reader.qsize())]


def test_nothing_yet():
    """A reader who comes first gets everything from its queue."""
    log = EventLog()
    history, reader = log.subscribe()
    assert list(history) == []
    _, told = run(log, *opening())
    assert drained(reader) == told


def test_latecomer_gets_the_configuration_and_the_day():
    """Law 8: what is kept, then the queue, without a gap and without a double."""
    log = EventLog()
    engine, told = run(log, *opening(), *trading())
    history, reader = log.subscribe()
    history = list(history)
    assert history == told[1:]
    assert isinstance(history[0].events[0], ConfigurationApplied)
    assert isinstance(history[1].events[0], DayOpened)
    _, more = run(log, *closing(), engine=engine, number=len(told))
    assert drained(reader) == more
    assert list(log.subscribe()[0]) == history + more


def test_new_day_takes_the_place_of_the_last():
    """Law 8: a projection that starts at a day's opening needs nothing from before it but the configuration."""
    log = EventLog()
    engine, told = run(log, *opening(), *trading(), *closing())
    _, more = run(log, NEXT_DAY, engine=engine, number=len(told))
    assert list(log.subscribe()[0]) == [told[1], *more]


def test_configuration_of_the_day_keeps_its_place():
    """Law 6: the base is the configuration that the first event met; a later one stands where it came."""
    log = EventLog()
    engine, told = run(log, *opening(), *trading(), OTHER)
    assert list(log.subscribe()[0]) == told[1:]
    _, more = run(log, NEXT_DAY, engine=engine, number=len(told))
    assert list(log.subscribe()[0]) == [told[-1], *more]


def test_day_that_ends_old_orders_keeps_them_in_its_own_events():
    """Law 8: what dies as the day opens comes with that day."""
    log = EventLog()
    engine, told = run(log, *opening(), trading()[0])
    _, more = run(log, NEXT_DAY, engine=engine, number=len(told))
    assert len(more[0].events) == 6
    assert list(log.subscribe()[0]) == [told[1], *more]


def test_what_is_passed_on_keeps_its_place():
    """An answer comes behind the events it follows, to its reader alone."""
    log = EventLog()
    _, reader = log.subscribe()
    _, other = log.subscribe()
    engine, first = run(log, *opening())
    log.pass_on(reader, "here")
    _, second = run(log, *trading(), engine=engine, number=len(first))
    assert drained(reader) == [*first, "here", *second]
    assert drained(other) == [*first, *second]


def test_what_a_replay_keeps_is_told_to_nobody():
    """At the start the journal's events are history."""
    log = EventLog()
    _, reader = log.subscribe()
    engine = Engine()
    for number, command in enumerate(opening(), 1):
        published = Published(number, NOON, engine.apply(Sequenced(number, NOON, command)))
        log.keep(published, encode_published(published))
    assert drained(reader) == []
    assert len(list(log.subscribe()[0])) == 3


def test_who_asks_for_what_concerns_all_hears_of_no_single_order():
    """A queue keeps what nobody reads: the fewer get everything, the better."""
    log = EventLog()
    engine, told = run(log, *opening())
    history, reader = log.subscribe_general()
    assert list(history) == told[1:]
    _, orders = run(log, *trading(), engine=engine, number=len(told))
    _, ended = run(log, *closing(), engine=engine, number=len(told) + len(orders))
    assert drained(reader) == ended
