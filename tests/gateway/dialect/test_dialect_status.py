"""h, f, B and C: what members are told unasked; quickfix is the judge."""

import pytest
from dialect_market import TIME, flat, one, validated

from kase_fix.gateway.dialect.status_text import (
    NOT_TODAY,
    SESSION_STATUS,
    TRADING_STATUS,
    news,
    operator_message,
    security_status,
    session_status,
)
from kase_fix.messages.day_events import Announced
from kase_fix.values.enums import Phase

SAID = Announced("Trading is suspended: EURKZT_TOM", "Торги приостановлены: EURKZT_TOM", symbol="EURKZT_TOM")


@pytest.mark.parametrize("phase", Phase)
def test_a_board(phase):
    body = session_status("FX_TOM", phase, (TIME, TIME + 3_600_000_000_000), "art. 10 p. 1 sp. 3")
    validated("FIX44", body)
    assert [one(body, tag) for tag in (336, 340, 342, 344, 58)] == [
        "FX_TOM", str(SESSION_STATUS[phase]), "20200527-05:30:00.123", "20200527-06:30:00.123", "art. 10 p. 1 sp. 3",
    ]  # fmt: skip


def test_the_four_states_of_a_board():
    said = {phase: one(session_status("FX_TOM", phase, None, ""), 340) for phase in Phase}
    assert [said[phase] for phase in (Phase.SUSPENDED, Phase.CONTINUOUS, Phase.CLOSED, Phase.PRELIMINARY)] == [
        "1", "2", "3", "4",
    ]  # fmt: skip


@pytest.mark.parametrize("dialect", ["FIX44", "NEXT"])
@pytest.mark.parametrize("phase", Phase)
def test_an_instrument(dialect, phase):
    body = security_status("EURKZT_TOM", "FX_TOM", phase, TIME)
    validated(dialect, body)
    assert [one(body, tag) for tag in (55, 336, 326, 58)] == ["EURKZT_TOM", "FX_TOM", str(TRADING_STATUS[phase]), None]
    assert one(security_status("X", "B", phase, TIME, "Not traded today", NOT_TODAY), 326) == "4"


def test_news_in_both_languages():
    body = news(SAID, TIME)
    validated("FIX44", body)
    assert [one(body, tag) for tag in (148, 359, 55, 33, 58, 355)] == [
        SAID.english, SAID.russian, "EURKZT_TOM", "1", SAID.english, SAID.russian,
    ]  # fmt: skip
    assert one(body, 358) == one(body, 354) == str(len(SAID.russian.encode()))


def test_news_without_a_translation_and_a_symbol():
    body = news(Announced("Dinner", ""), TIME)
    validated("FIX44", body)
    assert one(body, 355) == "Dinner"


def test_an_operator_message_of_next():
    body = operator_message(SAID)
    validated("NEXT", body)
    assert flat(body)[2:] == [f"147={SAID.english}", f"5204={SAID.english} / {SAID.russian}"]
