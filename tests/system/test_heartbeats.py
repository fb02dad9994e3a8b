"""Session cases 4a and 6 of the standard: the session's own clock, which is QuickFIX's and the machine's.

It looks at whole seconds, and how late it looks is the machine's: so nothing here depends on which of a Heartbeat and a
TestRequest comes first to one who is silent.
"""

import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from simplefix import FixMessage, FixParser

from kase_fix.scenario.wire import now_utc
from tests.system.floor import PATIENCE

USERS = {"FIRMA": "FIX.4.4", "00100": "FIXT.1.1"}


class Line:
    """A session with a heartbeat of a second that says nothing by itself."""

    def __init__(self, address: tuple[str, int], user: str) -> None:
        self._user = user
        self._number = 0
        self._socket = socket.create_connection(address, timeout=PATIENCE)
        last = [(1137, 7)] if USERS[user] == "FIXT.1.1" else []
        self.says("A", (98, 0), (108, 1), (141, "Y"), (553, user), (554, "rehearsal"), *last)

    def says(self, kind: str, *fields: tuple[int, int | str]) -> None:
        self._number += 1
        message = FixMessage()
        head = ((8, USERS[self._user]), (35, kind), (49, self._user), (56, "KASE"), (34, self._number), (52, now_utc()))
        for tag, value in head:
            message.append_pair(tag, value, header=True)
        for tag, value in fields:
            message.append_pair(tag, value)
        self._socket.sendall(message.encode())

    def hears(self) -> Iterator[tuple[str, str]]:
        """Iterate (MsgType, TestReqID) of all until the line ends."""
        parser = FixParser()
        while data := self._socket.recv(65536):
            parser.append_buffer(data)
            while (message := parser.get_message()) is not None:
                yield message.get(35).decode(), (message.get(112) or b"").decode()

    def close(self) -> None:
        self._socket.close()


@pytest.mark.parametrize("user", USERS)
def test_one_who_answers_hears_a_heartbeat_where_nothing_else_is_said(venue, user):
    """4a: a Heartbeat of its own accord, without TestReqID, after HeartBtInt without a word."""
    with closing(Line(venue.api, user)) as line:
        for kind, question in line.hears():
            if kind == "1":
                line.says("0", (112, question))
            assert kind not in ("3", "5")
            if (kind, question) == ("0", ""):
                return
    pytest.fail("the line ended without a Heartbeat")


@pytest.mark.parametrize("user", USERS)
def test_one_who_is_silent_is_asked_and_then_the_line_ends(venue, user):
    """6: a TestRequest, and where no answer comes the line ends."""
    with closing(Line(venue.api, user)) as line:
        heard = list(line.hears())
    assert heard[0][0] == "A"
    assert any(kind == "1" and question for kind, question in heard)
