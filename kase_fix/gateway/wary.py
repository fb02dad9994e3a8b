"""What QuickFIX 1.16 must not be let do with what a client says, seen to in its own callbacks.

Measured, each by a client that is logged on: a SequenceReset behind the end of its session ends the process; some
thousand messages behind a gap, taken up when it is filled, overrun the thread's stack; what came too early before the
numbers were started anew is taken for new behind it.
"""

from collections import Counter
from collections.abc import Callable

import quickfix as fix
import structlog

GREATEST_GAP = 2000
"""Messages that may come behind one gap: what a session may say at once (`ThrottleLimits`). 4000 did no harm."""
BEGIN_SEQ_NO, NEW_SEQ_NO, SENDING_TIME, RESET = 7, 36, 52, 141


class Wary:
    """The sessions of one service. QuickFIX's callbacks alone come here."""

    def __init__(self, session: Callable[[fix.SessionID], fix.Session | None], counts: "Counter[str]") -> None:
        """What is kept from QuickFIX is counted in `counts`."""
        self._session = session
        self._counts = counts
        self._gaps: dict[str, tuple[str, int]] = {}
        """By user the number that is missing, and how often it was asked for: once for each message behind it."""
        self._anew: dict[str, str] = {}
        """By user SendingTime(52) of the Logon that started his numbers anew within the session."""
        self._logger = structlog.get_logger("fix")

    def hears_logon(self, user: str, message: fix.Message, inside: bool) -> None:
        """Begin a session, or note that the numbers of one start anew in it: QuickFIX keeps what came too early."""
        if inside and message.isSetField(RESET) and message.getField(RESET) == "Y":
            self._anew[user] = message.getHeader().getField(SENDING_TIME)
        else:
            self._anew.pop(user, None)
        self._gaps.pop(user, None)

    def hears_reset(self, user: str, message: fix.Message, inside: bool) -> None:
        """Take NewSeqNo(36) out of a SequenceReset(4) of one whose session has ended.

        QuickFIX goes on with what it has read. One that is too low it would reject, and cannot: an exception that
        nobody catches ends the process.
        """
        if not inside and message.isSetField(NEW_SEQ_NO):
            message.removeField(NEW_SEQ_NO)
            self._note(user, "resets_behind_the_end", "a SequenceReset came behind the session's end")

    def is_of_before(self, user: str, sending_time: str) -> bool:
        """Tell whether an application message was said before the numbers were started anew: nobody waits for it."""
        anew = self._anew.get(user, "")
        digits = min(len(anew), len(sending_time))  # either may say milliseconds, or not
        if sending_time[:digits] >= anew[:digits]:
            return False
        self._note(user, "of_before_the_reset", "a message of before the numbers were started anew is not taken")
        return True

    def asks(self, user: str, question: fix.Message, session_id: fix.SessionID) -> None:
        """Look at a ResendRequest(2) to a client: where too much waits behind the gap, his session ends.

        QuickFIX takes up what waited one inside the other, and has no bound for it.
        """
        begin = question.getField(BEGIN_SEQ_NO)
        missing, count = self._gaps.get(user, ("", 0))
        count = count + 1 if begin == missing else 1
        self._gaps[user] = begin, count
        session = self._session(session_id)
        if count > GREATEST_GAP and session is not None:
            self._note(user, "gaps_too_long", "too many messages came behind a gap: the session ends")
            session.disconnect()

    def _note(self, user: str, count: str, event: str) -> None:
        self._counts[count] += 1
        self._logger.warning(event, user=user)
