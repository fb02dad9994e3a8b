"""What comes in at one service: judged by how much it is, read in its dialect, answered where it is no use."""

import time
from collections import Counter

import structlog

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.dialect import fix44, next_
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.problems import BusinessReason, Problem, SessionReason, business_reject, session_reject
from kase_fix.gateway.dialect.questions import Question
from kase_fix.gateway.dialect.requests import OrderCommand
from kase_fix.gateway.gate import Gate
from kase_fix.gateway.throttle import Throttle, Verdict
from kase_fix.messages.limits import ThrottleLimits

READERS = {"FIX44": fix44.read, "NEXT": next_.read}
QUOTES_A_MESSAGE = 10
APPL_VER_ID, FIX50 = 1128, "7"


class Incoming:
    """The messages of one service's users."""

    def __init__(self, acceptor: Acceptor, gate: Gate, limits: ThrottleLimits, counts: "Counter[str]") -> None:
        """`limits` are what one session may send; what was not taken is counted in `counts`."""
        self._acceptor = acceptor
        self._gate = gate
        self._limits = limits
        self._counts = counts
        self._throttles: dict[str, Throttle] = {}
        self._logger = structlog.get_logger("services")

    def read(self, user: str, fields: Fields) -> OrderCommand | Question | None:
        """Return what a message says; None where it was answered here: too much, not valid, a change of password."""
        if self._is_too_much(user, fields):
            return None
        if fields.get(APPL_VER_ID, FIX50) != FIX50:
            self._counts["problems"] += 1
            self._acceptor.send(user, of_another_version(fields))
            return None
        if fields.get(35) == "BE":
            self._acceptor.send(user, user_response(fields))
            return None
        read = READERS[self._acceptor.dialect_of(user)](fields, user)
        if isinstance(read, Problem):
            self._counts["problems"] += 1
            self._acceptor.send(user, read.body())
            return None
        return read

    def not_taken(self, user: str, fields: Fields) -> None:
        """Answer a message that is not for this service (j)."""
        self._counts["problems"] += 1
        kind = fields.get(35, "")
        words = f"Messages of type {kind} are not taken by this service"
        body = business_reject(int(fields.get(34, "0")), kind, BusinessReason.NOT_AVAILABLE, words)
        self._acceptor.send(user, body)

    def forget(self, user: str) -> None:
        """A session is off: the next one begins with nothing sent."""
        self._throttles.pop(user, None)

    def _is_too_much(self, user: str, fields: Fields) -> bool:
        """Refuse a message beyond what a session may send (j); end the session of one who does not stop (R-116)."""
        now = time.monotonic()
        throttle = self._throttles.get(user)
        if throttle is None:
            throttle = self._throttles[user] = Throttle(self._limits, now)
        verdict = throttle.judge(now, weight_of(fields))
        if verdict is Verdict.TAKEN:
            return False
        self._counts["throttled"] += 1
        words = f"Too many messages: {self._limits.messages_per_second:g} a second are taken"
        kind = fields.get(35, "")
        body = business_reject(int(fields.get(34, "0")), kind, BusinessReason.OTHER, words, fields.get(11, ""))
        self._acceptor.send(user, body)
        if verdict is Verdict.ENOUGH:
            self._counts["turned_away"] += 1
            self._logger.warning("too many messages", service=self._acceptor.service, user=user)
            self._gate.send_away(user, words)
        return True


def weight_of(fields: Fields) -> float:
    """Return as how many messages one counts: ten entries of a mass quote are one (R-161)."""
    return max(1.0, len(fields.every(299)) / QUOTES_A_MESSAGE) if fields.get(35) == "i" else 1.0


def user_response(fields: Fields) -> str:
    """Return BF for a UserRequest; what becomes of it the doorman has written into it (`doorman.new_password`)."""
    text = f"927={fields[927]}\x01" if 927 in fields else ""
    return f"35=BF\x01923={fields[923]}\x01553={fields[553]}\x01926={fields.get(926, '6')}\x01{text}"


def of_another_version(fields: Fields) -> str:
    """Return Reject(3) of a message that names a version of FIX by ApplVerID(1128) which this venue does not speak.

    QuickFIX holds such a message against no dictionary at all (measured, 1.16.0).
    """
    reason, words = SessionReason.APPLICATION_VERSION, "ApplVerID(1128) is 7 here (FIX 5.0), or left out"
    return session_reject(int(fields.get(34, "0")), fields.get(35, ""), APPL_VER_ID, reason, words)
