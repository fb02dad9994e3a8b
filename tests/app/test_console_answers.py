"""The console is always answered, whatever fails behind its question."""

import datetime as dt
from types import SimpleNamespace

from kase_fix.app.console_answers import ConsoleAnswers
from kase_fix.messages.decisions import Decision, FileApplication
from kase_fix.messages.link import Ask, Decide
from tests.app.conftest import CALENDARS


class Asked:
    """Answers beside a sequencer that does as it is told."""

    def __init__(self):
        self.answers, self.submitted, self.told = [], [], []
        self.sequencer = SimpleNamespace(
            submit=self.submitted.append,
            answer=lambda _, make: self.answers.append(make(7)),
            move_clock=lambda _: 1 / 0,
            trouble=lambda: "",
            number=7,
        )
        sources = SimpleNamespace(
            sequencer=self.sequencer,
            clock=SimpleNamespace(now=lambda: 5, rehearsal=True),
            services=SimpleNamespace(settle=lambda: True),
            log=SimpleNamespace(pass_on=lambda _, item: self.told.append(item)),
            calendars=CALENDARS,
        )
        self.hear = ConsoleAnswers(sources, None).hear


def filed(date: dt.date) -> Decide:
    return Decide(3, FileApplication(Decision("1", "administrator", "", "", ""), "7", "X", "listing", date, date))


def test_a_decision_whose_due_day_cannot_be_told_is_answered():
    asked = Asked()
    asked.hear(filed(dt.date(9999, 12, 30)))
    asked.hear(filed(dt.date(2020, 5, 27)))
    told = [(one.id, one.ok, one.error) for one in asked.answers]
    assert told == [(3, False, "A defect of the venue (OverflowError)"), (3, True, "")]
    assert [one.due for one in asked.submitted] == [dt.date(2020, 6, 1)]


def test_a_question_that_meets_a_defect_is_answered():
    asked = Asked()
    asked.hear(Ask(4, "clock_to", {"time": 1}))
    assert [(one.id, one.ok, one.number, one.error) for one in asked.answers] == [
        (4, False, 7, "A defect of the venue (ZeroDivisionError)")
    ]


def test_a_venue_that_halts_says_why():
    """Nothing comes through a sequencer that stands still: the answer does not wait for it."""
    asked = Asked()
    asked.sequencer.trouble = lambda: "the journal cannot be written: No space left on device (ENOSPC)"
    asked.hear(Ask(3, "position", {}))
    assert (asked.told[0].id, asked.told[0].ok, asked.told[0].number) == (3, False, 7)
    assert asked.told[0].error == "it halts: the journal cannot be written: No space left on device (ENOSPC)"
    assert asked.answers == []


def test_a_verb_nobody_knows_is_answered():
    asked = Asked()
    asked.hear(Ask(5, "sing", {}))
    assert [(one.ok, one.error) for one in asked.answers] == [(False, "unknown verb sing")]
