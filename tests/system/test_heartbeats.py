"""Session cases 4a and 6 of the standard: the session's own clock, which is QuickFIX's and the machine's."""

import socket
import time

import pytest
from simplefix import FixMessage, FixParser

from kase_fix.scenario.wire import now_utc
from tests.system.floor import PATIENCE

USERS = {"FIRMA": "FIX.4.4", "00100": "FIXT.1.1"}
TRIES = 3
"""Where QuickFIX looks at its clock late by a second it asks at once, and says no Heartbeat before."""


def said_to_the_silent(address: tuple[str, int], user: str) -> list[tuple[str, str | None]]:
    """Log on with a heartbeat of a second, say nothing more; return (MsgType, TestReqID) of all until the line ends."""
    logon = FixMessage()
    for tag, value in ((8, USERS[user]), (35, "A"), (49, user), (56, "KASE"), (34, 1), (52, now_utc())):
        logon.append_pair(tag, value, header=True)
    for tag, value in ((98, 0), (108, 1), (141, "Y"), (553, user), (554, "rehearsal")):
        logon.append_pair(tag, value)
    if USERS[user] == "FIXT.1.1":
        logon.append_pair(1137, 7)
    parser = FixParser()
    heard = []
    with socket.create_connection(address, timeout=PATIENCE) as line:
        line.sendall(logon.encode())
        while data := line.recv(65536):
            parser.append_buffer(data)
            while (message := parser.get_message()) is not None:
                question = message.get(112)
                heard.append((message.get(35).decode(), question and question.decode()))
    return heard


def begin_of_a_second() -> None:
    """Wait for it: QuickFIX compares whole seconds of the clock, and a greeting may last from one into the next."""
    while time.time() % 1 > 0.2:
        time.sleep(0.02)


@pytest.mark.parametrize("user", USERS)
def test_a_silent_member_gets_heartbeats_a_test_request_and_the_end(venue, user):
    """4a: a heartbeat after HeartBtInt without a word; 6: a TestRequest, and where no answer comes the line ends."""
    for _ in range(TRIES):
        begin_of_a_second()
        heard = said_to_the_silent(venue.api, user)
        kinds = [kind for kind, _ in heard]
        if "0" in kinds and kinds.index("0") < kinds.index("1"):
            break
    assert kinds[0] == "A"
    session = [kind for kind in kinds if kind in ("0", "1", "5")]
    assert "0" in session
    assert "1" in session
    assert session.index("0") < session.index("1")
    assert next(question for kind, question in heard if kind == "1")
