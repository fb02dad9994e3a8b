"""A console that listens no more is given up before what waits for it fills the venue's memory."""

import os
import signal
import socket
import urllib.request

import pytest

from kase_fix.app import operators_console
from kase_fix.app.console_answers import Sources
from kase_fix.app.operators_console import OperatorsConsole
from kase_fix.journal.log import EventLog
from kase_fix.messages.link import Answer, ConsoleSettings
from tests.system.floor import until

MUCH = 100
MANY_BYTES = "x" * 100_000
SECONDS = 30.0


@pytest.fixture
def log():
    return EventLog()


@pytest.fixture
def console(log):
    running = OperatorsConsole(os.sched_getaffinity(0))
    sources = Sources(*(log if name == "log" else None for name in Sources._fields))
    running.port = running.open(ConsoleSettings("127.0.0.1", 0, "token", True, {}), sources, SECONDS)
    yield running
    running.end()


def listens(port):
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def test_what_waits_for_it_has_a_bound(console, log, monkeypatch):
    monkeypatch.setattr(operators_console, "GREATEST_BEHIND", MUCH)
    first = console._life
    pid = first.child._process.pid
    os.kill(pid, signal.SIGSTOP)
    for number in range(MUCH):
        log.pass_on(first._reader, Answer(number, True, 0, 0, {"text": MANY_BYTES}, ""))
    console.tend()
    assert console._life is first
    for number in range(MUCH):
        log.pass_on(first._reader, Answer(number, True, 0, 0, {"text": MANY_BYTES}, ""))
    console.tend()
    assert until(first.child.ended.is_set)
    console.tend()
    assert console._life is not first
    assert console.totals() == {"console_restarts": 1}
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert until(lambda: listens(console.port), SECONDS)
    with urllib.request.urlopen(f"http://127.0.0.1:{console.port}/", timeout=SECONDS) as page:
        assert page.status == 200


def test_one_that_ends_again_and_again_is_started_with_pauses(console):
    """At once, then after a second or more: `Restarts`."""
    console._life.child._process.kill()
    assert until(console._life.child.ended.is_set)
    console.tend()
    second = console._life
    second.child._process.kill()
    assert until(second.child.ended.is_set)
    console.tend()
    assert console._life is second
