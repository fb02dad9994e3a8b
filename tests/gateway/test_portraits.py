"""A fold that goes on from its portrait is the fold of the whole day, and a portrait that is none is left aside."""

import pickle
import tempfile
from pathlib import Path
from queue import SimpleQueue

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kase_fix.gateway import portraits
from kase_fix.gateway.portraits import Album, freeze, thaw
from kase_fix.gateway.publisher import PORTRAIT as MARKET
from kase_fix.gateway.publisher import Publisher
from kase_fix.gateway.reports import PORTRAIT as REPORTS
from kase_fix.gateway.reports import Reports
from kase_fix.gateway.starting import take_in
from kase_fix.journal.log import EventLog
from kase_fix.messages.codec import encode_published
from kase_fix.messages.configuration import User
from kase_fix.messages.day_events import DayOpened
from kase_fix.messages.events import Published
from tests.gateway.test_past import DIALECTS, USERS, Line, events_of, steps

ANSWERS_KEPT = {"_top", "_wanted"}
"""Of a ladder: what it was asked for last, as long as it is the same."""


def seen(it, known=None):
    """Return all that an object is made of, as plain data: two that show the same are the same to anyone."""
    known = {} if known is None else known
    if id(it) in known:
        return known[id(it)]
    known[id(it)] = "again"
    if isinstance(it, dict):
        told = {seen_key(key): seen(value, known) for key, value in it.items()}
    elif isinstance(it, list | tuple) or type(it).__name__ in ("deque", "array"):
        told = [seen(one, known) for one in it]
    elif isinstance(it, set | frozenset):
        told = sorted(map(str, it))
    elif hasattr(it, "__dict__") or hasattr(type(it), "__slots__"):
        names = {*getattr(it, "__dict__", ()), *getattr(type(it), "__slots__", ())} - ANSWERS_KEPT
        told = (type(it).__name__, {name: seen(getattr(it, name), known) for name in names})
    else:
        told = it
    known.pop(id(it))
    return told


def seen_key(key):
    return str(key)


def folds_of(log, directory, album=None):
    """A venue's reports and market data behind a start."""
    line = Line("KASE", ())
    members = [User(name, name, ("fx",), (f"F_{name}_0000",), DIALECTS[name]) for name in USERS]
    reports = Reports(line, line, lambda _: None, members, directory, log, SimpleQueue(), album=album)
    market = Publisher({"md": line}, {"md": line}, (), SimpleQueue(), album=album)
    take_in(log, log.history(), {REPORTS: reports, MARKET: market}, album)
    market.has_taken_in()
    return reports, market


def shown(reports, market):
    """All that is asked of them."""
    return (
        seen(market._feed.market),
        seen(reports._makers.fold),
        seen(reports._positions),
        seen(reports._scene),
        [reports._orders.of_user(user) for user in USERS],
        [reports._orders.deals_of(user) for user in USERS],
        reports._outboxes.latest(),
        [bool(outbox.missing) for outbox in reports._outboxes._outboxes.values()],
    )


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(1, 12), st.integers(1, 12))
def test_a_start_from_portraits_comes_to_what_the_whole_day_comes_to(script, every, more):
    """Drawn behind any command, of either fold, by the thread that makes it; then the rest of the day is taken in."""
    told, _ = events_of(script)
    log = EventLog()
    usual, portraits.EVERY = portraits.EVERY, every
    try:
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name)
            album = Album(directory, b"journal")
            reports, market = folds_of(log, directory / "live", album)
            for place, published in enumerate(told):
                log.keep(published, encode_published(published))
                reports.take(published)
                if place < len(told) - more:
                    market.take(published)
                album.finish()
            drawn = [album.find(one, log) for one in (REPORTS, MARKET)]
            again = folds_of(log, directory / "again", album)
            whole = folds_of(log, directory / "whole")
            assert shown(*again) == shown(*whole)
            if len(told) > 30 + every + more:
                assert all(one is not None and one.number > 3 for one in drawn)
    finally:
        portraits.EVERY = usual


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """A log, and an album with a portrait of each fold."""
    monkeypatch.setattr(portraits, "EVERY", 2)
    told, _ = events_of([("new", "FIRMA", 0, 2, 0), ("new", "FIRMB", 1, 1, 0), ("new", "FIRMB", 1, 3, 0)] * 5)
    log, album = EventLog(), Album(tmp_path, b"journal")
    reports, market = folds_of(log, tmp_path / "live", album)
    for published in told:
        log.keep(published, encode_published(published))
        reports.take(published)
        market.take(published)
        album.finish()
    assert album.find(REPORTS, log).number == album.find(MARKET, log).number == told[-1].number
    return log, album


def starts(log, album, directory):
    """Start with the album; return what is asked of the folds."""
    return shown(*folds_of(log, directory, album))


@pytest.mark.parametrize("name", [REPORTS, MARKET])
@pytest.mark.parametrize("place", [0, 10, 60, -1])
def test_a_portrait_that_is_damaged_is_left_aside_and_it_is_said(drawn, tmp_path, capsys, name, place):
    log, album = drawn
    path = tmp_path / portraits.FOLDER / f"{name}.portrait"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert starts(log, album, tmp_path / "again") == starts(log, None, tmp_path / "whole")
    assert "left aside" in capsys.readouterr().out


def test_a_portrait_of_another_journal_program_day_or_form_is_left_aside(drawn, tmp_path, capsys, monkeypatch):
    log, album = drawn
    assert Album(tmp_path, b"another").find(REPORTS, log) is None
    assert "another journal" in capsys.readouterr().out
    with monkeypatch.context() as patch:
        patch.setattr(portraits, "program", lambda: b"another")
        assert album.find(REPORTS, log) is None
    assert "another program" in capsys.readouterr().out
    assert album.find(REPORTS, EventLog()) is None
    assert "another day" in capsys.readouterr().out
    *_, last = log.history()
    opened = next(event for one in log.history() for event in one.events if isinstance(event, DayOpened))
    following = Published(last.number + 1, last.time, (opened,))
    assert album.find(REPORTS, log) is not None
    log.keep(following, encode_published(following))
    assert log.at(last.number) == last  # who is behind may still ask
    assert album.find(REPORTS, log) is None
    assert "another day" in capsys.readouterr().out
    other = EventLog()
    for published in log.history():
        changed = type(published)(published.number, published.time + 1, published.events)
        other.keep(changed, encode_published(changed))
    assert album.find(REPORTS, other) is None
    path = tmp_path / portraits.FOLDER / f"{REPORTS}.portrait"
    path.write_bytes(b"KASEPOR0" + path.read_bytes()[8:])
    assert album.find(REPORTS, log) is None
    assert "another form" in capsys.readouterr().out


@pytest.mark.parametrize("body", [b"", b"nothing", freeze("no market")])
def test_a_portrait_that_cannot_be_read_costs_a_start_its_time_and_nothing_else(drawn, tmp_path, capsys, body):
    log, album = drawn
    (last,) = list(log.history())[-1:]
    for name in (REPORTS, MARKET):
        assert album.keep(name, last, body)
    assert starts(log, album, tmp_path / "again") == starts(log, None, tmp_path / "whole")
    assert "left aside" in capsys.readouterr().out


def test_a_disk_that_takes_no_portrait_stops_nothing(drawn, tmp_path, capsys):
    log, _ = drawn
    (tmp_path / "file").write_text("in the way")
    (last,) = list(log.history())[-1:]
    assert not Album(tmp_path / "file", b"journal").keep(REPORTS, last, b"")
    assert "could not be kept" in capsys.readouterr().out


class Bad:
    """Does what it wants when it is read."""

    def __reduce__(self):
        return print, ("read",)


def test_what_is_read_is_ours_and_plain_data_alone(capsys):
    with pytest.raises(pickle.UnpicklingError):
        thaw(pickle.dumps(Bad()))
    with pytest.raises(pickle.UnpicklingError):
        thaw(pickle.dumps(tempfile.mkdtemp))
    assert capsys.readouterr().out == ""
