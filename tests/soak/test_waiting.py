"""A member of the soak knows which message answers which request, and takes no other for it: it would not ask again."""

from scripts.soak.traffic import Request
from scripts.soak.waiting import Waiting
from scripts.soak.wire import Message

STATE = [(35, "8"), (150, "I"), (39, "0"), (55, "BRKLb1"), (54, "1"), (527, "12-0-0")]
CANCEL = [(11, "k2"), (41, "k1"), (55, "BRKLb1"), (54, "1")]


def message(*fields):
    return Message(b"8=FIXT.1.1\x01" + b"".join(b"%d=%s\x01" % (tag, value.encode()) for tag, value in fields))


def left(request, again, *heard):
    """Return whether a request still waits behind these messages."""
    waiting = Waiting()
    waiting.add(request, 5, again)
    for one in heard:
        waiting.hear(message(*one))
    return len(waiting) == 1


def test_one_who_asked_again_by_37_waits_for_the_state_of_that_order():
    """A counterparty is told of somebody else's order in the same instrument, on the same side, without a ClOrdID."""
    request = Request("F", "k2", [(37, "NS_864"), *CANCEL])
    assert left(request, True, [*STATE, (37, "NS_2208")])
    assert left(request, True, [*STATE, (37, "NS_2209"), (11, "k9")])
    assert not left(request, True, [*STATE, (37, "NS_864"), (11, "k1")])


def test_one_who_asked_again_without_37_is_answered_by_the_state_of_an_own_order():
    request = Request("F", "k2", CANCEL)
    assert left(request, True, [*STATE, (37, "NS_2208")])
    assert not left(request, True, [*STATE, (37, "NS_864"), (11, "k1")])


def test_what_is_asked_for_the_first_time_is_answered_under_its_name():
    request = Request("F", "k2", [(37, "NS_864"), *CANCEL])
    assert left(request, False, [*STATE, (37, "NS_864"), (11, "k1")])
    assert not left(request, False, [*STATE, (37, "NS_864"), (11, "k2")])
