"""Messages of members to the operator, and the operator's to one user or all (art. 4 p. 4; R-173)."""

from kase_fix.messages.day_events import Announced, DecisionRefused
from kase_fix.messages.decisions import Announce
from kase_fix.messages.letters import OperatorTold, TellOperator
from kase_fix.rulebook.refusals import UNKNOWN_NAME
from tests.engine.desk import Desk, same_on_replay
from tests.engine.market import one


def test_a_members_message_passes_through_and_changes_nothing():
    desk = Desk()
    before = desk.engine.hash()
    assert desk.send(TellOperator("FIRMA", "Call", "двойная сделка", "e1")) == [
        OperatorTold("FIRMA", "FIRMA", "Call", "двойная сделка", "e1")
    ]
    assert desk.engine.hash() == before
    same_on_replay(desk)


def test_the_operator_speaks_to_all_or_to_one_the_register_knows():
    desk = Desk()
    assert one(desk.decide(Announce, "hello", "", actor="makler"), Announced) == Announced("hello", "hello")
    told = one(desk.decide(Announce, "hello", "привет", "FIRMB", actor="makler"), Announced)
    assert told == Announced("hello", "привет", "FIRMB")
    refused = one(desk.decide(Announce, "hello", "", "NOBODY", actor="makler"), DecisionRefused)
    assert refused.refusal.code == UNKNOWN_NAME
    same_on_replay(desk)
