"""The gate of a service: hours, farewells, new numbers with the day."""

import datetime as dt
import time

import pytest

from kase_fix.gateway import gate as module
from kase_fix.gateway.gate import NEW_DAY, Admission, Gate, closed_text
from kase_fix.messages.day_events import DayOpened, ServiceEntered
from kase_fix.messages.link import Admitted, Cut

DAY = dt.date(2020, 5, 27)
OPENS, CLOSES = ServiceEntered("md", True, "support annex 1"), ServiceEntered("md", False, "support annex 1")
CLOSED = "FIX-MD is closed; it works 09:00-18:00 on working days"


def day(date: dt.date = DAY) -> DayOpened:
    return DayOpened(date, {}, {}, {}, "art. 5 p. 1")


class Sessions:
    """Sessions that note what is done to them; one who is dismissed leaves, unless he is mute."""

    def __init__(self) -> None:
        self.online: set[str] = set()
        self.mute: set[str] = set()
        self.done: list[str] = []

    def dismiss(self, user: str, text: str) -> None:
        self.done.append(f"dismiss {user}: {text}")
        if user not in self.mute:
            self.online.discard(user)

    def enable(self, user: str) -> None:
        self.done.append(f"enable {user}")

    def renew(self) -> None:
        assert not self.online
        self.done.append("renew")


class World:
    def __init__(self, directory) -> None:
        self.directory = directory
        self.sessions = Sessions()
        self.cuts: list[Cut] = []
        self.answers: dict[int, Admitted] = {}
        self.gate = self.another()

    def another(self) -> Gate:
        self.gate = Gate("md", self.sessions, self.directory, self.cuts.append)
        return self.gate

    def asks(self, number: int, user: str = "VENDOR1", inside: bool = False) -> None:
        def answer(said: Admitted) -> None:
            self.answers[number] = said

        self.gate.ask(Admission(number, user, answer, inside))

    def passes(self, seconds: float = 0.0) -> None:
        self.gate._attend(time.monotonic() + seconds)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_the_texts_say_when_a_service_opens():
    assert closed_text("md") == CLOSED
    assert closed_text("api") == "FIX-API is closed; it works 08:45-19:15 on working days"


def test_without_a_day_nobody_is_let_in(world):
    world.asks(1)
    world.passes()
    assert world.answers[1] == Admitted(1, False, CLOSED)


def test_from_its_opening_to_its_closing_a_service_lets_in(world):
    for event in (day(), ServiceEntered("api", True, "art. 5 p. 1")):
        world.gate.apply(event)
    world.asks(1)
    world.passes()
    world.gate.apply(OPENS)
    world.asks(2)
    world.passes()
    world.gate.apply(CLOSES)
    world.asks(3)
    world.passes()
    assert [world.answers[number].ok for number in (1, 2, 3)] == [False, True, False]


def test_at_its_closing_all_are_dismissed_and_the_mute_are_cut(world):
    for event in (day(), OPENS):
        world.gate.apply(event)
    world.passes()
    world.sessions.online = {"VENDOR1", "VENDOR2"}
    world.sessions.mute = {"VENDOR2"}
    world.gate.apply(CLOSES)
    assert {f"dismiss {user}: {CLOSED}" for user in ("VENDOR1", "VENDOR2")} <= set(world.sessions.done)
    assert not world.gate.tells("VENDOR2")
    world.passes(2.9)
    assert world.cuts == []
    assert "enable VENDOR1" in world.sessions.done
    world.passes(3.1)
    assert world.cuts == [Cut("VENDOR2", "md", "the service has closed")]
    world.sessions.online.clear()
    world.passes(3.2)
    assert "enable VENDOR2" in world.sessions.done


def test_one_who_slips_in_while_it_closes_is_sent_away(world):
    for event in (day(), OPENS, CLOSES):
        world.gate.apply(event)
    world.passes()
    world.sessions.online = {"VENDOR1"}
    world.gate.came("VENDOR1")
    assert world.sessions.done[-1] == f"dismiss VENDOR1: {CLOSED}"


def test_numbers_start_anew_once_a_day_over_any_restart(world):
    for event in (day(), OPENS):
        world.gate.apply(event)
    world.passes()
    assert world.sessions.done == ["renew"]
    world.another()
    for event in (day(), OPENS):
        world.gate.apply(event)
    world.asks(1)
    world.passes()
    assert (world.sessions.done, world.answers[1].ok) == (["renew"], True)
    world.gate.apply(day(dt.date(2020, 5, 28)))
    world.passes()
    assert world.sessions.done == ["renew", "renew"]


def test_nobody_comes_in_before_the_last_of_yesterday_is_gone_and_numbers_are_new(world):
    for event in (day(), OPENS):
        world.gate.apply(event)
    world.passes()
    world.sessions.online = world.sessions.mute = {"VENDOR2"}
    world.gate.apply(day(dt.date(2020, 5, 28)))
    assert world.sessions.done[-1] == f"dismiss VENDOR2: {NEW_DAY}"
    world.asks(1)
    world.passes()
    assert world.answers == {}
    world.sessions.online = set()
    world.passes()
    assert world.sessions.done[-2:] == ["enable VENDOR2", "renew"]
    assert world.answers[1].ok


def test_one_who_is_on_may_start_anew_and_a_second_connection_waits_for_the_first(world):
    for event in (day(), OPENS):
        world.gate.apply(event)
    world.passes()
    world.sessions.online = {"VENDOR1"}
    world.asks(1, inside=True)
    world.asks(2)
    world.passes()
    assert list(world.answers) == [1]
    world.passes(module.ADMISSION_SECONDS + 0.1)
    assert world.answers[2] == Admitted(2, False, "Already online")
