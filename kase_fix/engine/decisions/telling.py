"""Members are told through the trading system before a decision takes effect (art. 3 p. 3, 4 p. 4, 8 p. 3)."""

from kase_fix.engine.turn import Turn
from kase_fix.messages.day_events import Announced
from kase_fix.messages.decisions import Decision


def tell(turn: Turn, english: str, russian: str, by: Decision, user: str = "", symbol: str = "") -> None:
    """Announce a decision to all, or to one user, with its reason and document."""
    why = f" ({by.reason})" if by.reason else ""
    document_english = f" No {by.document}" if by.document else ""
    document_russian = f" № {by.document}" if by.document else ""
    turn.events.append(
        Announced(f"{english}{why}{document_english}", f"{russian}{why}{document_russian}", user, symbol)
    )
