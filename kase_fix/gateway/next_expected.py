"""NextExpectedMsgSeqNum(789) of a Logon, as QuickFIX 1.16 is to see and to answer it (R-133).

QuickFIX refuses one that is too high and resends at once what one that is too low asks for, whatever its settings say.
Where the doorman does the latter at the reader's pace it is taken out; the answer's own it would count one too high
after a gap.
"""

from collections.abc import Callable

import quickfix as fix

NEXT_EXPECTED, MSG_SEQ_NUM = 789, 34


class NextExpected:
    """The Logons of one service's sessions that had it. QuickFIX's callbacks alone come here."""

    def __init__(self, session: Callable[[fix.SessionID], fix.Session | None], resent_in_front: bool) -> None:
        """`resent_in_front`: what is missed is given by the doorman."""
        self._session = session
        self._resent_in_front = resent_in_front
        self._answers: dict[str, int] = {}

    def heard(self, user: str, logon: fix.Message, session_id: fix.SessionID) -> None:
        """Take in a Logon before QuickFIX acts on it."""
        self._answers.pop(user, None)
        session = self._session(session_id)
        if session is None or not logon.isSetField(NEXT_EXPECTED):
            return
        expected = session.getExpectedTargetNum()
        in_order = int(logon.getHeader().getField(MSG_SEQ_NUM)) == expected
        self._answers[user] = expected + in_order
        if self._resent_in_front and int(logon.getField(NEXT_EXPECTED)) < session.getExpectedSenderNum():
            logon.removeField(NEXT_EXPECTED)

    def answers(self, user: str, logon: fix.Message) -> None:
        """Have the answer say which number is expected from one who has said it."""
        expected = self._answers.pop(user, None)
        if expected is not None:
            logon.setField(NEXT_EXPECTED, str(expected))
