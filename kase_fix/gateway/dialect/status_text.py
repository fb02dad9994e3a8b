"""What members are told unasked: TradingSessionStatus(h), SecurityStatus(f), News(B), and Email(C) of NEXT."""

from kase_fix.gateway.dialect.fix_text import utc_timestamp
from kase_fix.gateway.dialect.listing import SESSION_STATES
from kase_fix.messages.day_events import Announced
from kase_fix.values.enums import Phase

SESSION_STATUS = {
    Phase.SUSPENDED: 1,
    Phase.CONTINUOUS: 2,
    Phase.STANDBY: 2,
    Phase.FIXING: 2,
    Phase.SPECIALISED: 2,
    Phase.CLOSED: 3,
    Phase.PRELIMINARY: 4,
}
"""TradSesStatus(340): halted, open, closed, pre-open."""
TRADING_STATUS = {
    Phase.SUSPENDED: 2,
    Phase.CONTINUOUS: 17,
    Phase.CLOSED: 18,
    Phase.PRELIMINARY: 21,
    Phase.STANDBY: 22,
    Phase.FIXING: 5,
    Phase.SPECIALISED: 22,
}
"""SecurityTradingStatus(326): trading halt, ready to trade, not available, pre-open, opening rotation (an auction), and
price indication, the makler's call of a price; 625 tells the auctions apart."""
RESUMED = 3
NOT_TODAY = 4
"""SecurityTradingStatus(326) No Open: it does not trade today."""
SUBJECT_LENGTH = 100


def session_status(
    board: str, phase: Phase, hours: tuple[int, int] | None, text: str, asked: str = "", turned: bool = False
) -> str:
    """Return the body of h on a board; `hours` are its opening and closing today, nanoseconds UTC.

    `asked` is the TradSesReqID(335) it answers, or with `turned` the subscription that hears of a turn.
    """
    reference = f"335={asked}\x01" if asked else ""
    window = f"342={utc_timestamp(hours[0])}\x01344={utc_timestamp(hours[1])}\x01" if hours else ""
    return (
        f"35=h\x01{reference}336={board}\x01625={SESSION_STATES[phase]}\x01{_unsolicited(asked, turned)}"
        f"340={SESSION_STATUS[phase]}\x01{window}{_text(text)}"
    )


def unknown_session(board: str, asked: str) -> str:
    """Return the body of h on a board nobody knows: 340=6, 567=1."""
    return f"35=h\x01335={asked}\x01336={board}\x01325=N\x01340=6\x01567=1\x0158=Unknown board {board}\x01"


def security_status(
    symbol: str,
    board: str,
    phase: Phase,
    time: int,
    text: str = "",
    status: int = 0,
    asked: str = "",
    turned: bool = False,
    number: str = "",
) -> str:
    """Return the body of f on an instrument on a board; `status` is 326 where the phase does not say it all.

    `number` are its SecurityID(48) and 22, where it has one.

    `asked` is the SecurityStatusReqID(324) it answers, or with `turned` the subscription that hears of a turn.
    """
    reference = f"324={asked}\x01" if asked else ""
    return (
        f"35=f\x01{reference}55={symbol}\x01{number}336={board}\x01625={SESSION_STATES[phase]}\x01"
        f"{_unsolicited(asked, turned)}326={status or TRADING_STATUS[phase]}\x0160={utc_timestamp(time)}\x01"
        f"{_text(text)}"
    )


def news(event: Announced, time: int) -> str:
    """Return the body of B: English in 148 and 58, Russian in 359 and 355."""
    russian = event.russian or event.english
    length = len(russian.encode())
    symbol = f"146=1\x0155={event.symbol}\x01" if event.symbol else ""
    return (
        f"35=B\x01347=UTF-8\x0142={utc_timestamp(time)}\x01148={event.english}\x01358={length}\x01359={russian}\x01"
        f"{symbol}33=1\x0158={event.english}\x01354={length}\x01355={russian}\x01"
    )


def operator_message(event: Announced) -> str:
    """Return the body of C of NEXT: the beginning in Subject(147), both languages in Message(5204)."""
    russian = f" / {event.russian}" if event.russian and event.russian != event.english else ""
    return f"35=C\x01347=UTF-8\x01147={event.english[:SUBJECT_LENGTH]}\x015204={event.english}{russian}\x01"


def _unsolicited(asked: str, turned: bool) -> str:
    """UnsolicitedIndicator(325): N in the answer to a question."""
    return f"325={'N' if asked and not turned else 'Y'}\x01"


def _text(text: str) -> str:
    return f"58={text}\x01" if text else ""
