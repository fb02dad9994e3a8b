"""What an operator sees of the talk with the Central Depository, as JSON (art. 5 p. 4)."""

from typing import Any

from kase_fix.app.depository.port import Depository
from kase_fix.calendar.almaty import wall
from kase_fix.engine.state import State


def depository_view(state: State, port: Depository) -> dict[str, Any]:
    """Return where the talk stands. Only the sequencer's thread may look at the state."""
    talk = state.depository
    return {
        "date": state.date.isoformat() if state.date else None,
        "day_open": state.day_open,
        "stock_market_open": talk.open,
        "mode": port.mode,
        "adapter": port.view(),
        "pending": [
            {"request": one.request, "what": one.what, "asked": wall(one.asked).isoformat()} for one in talk.pending
        ],
        "answers": [
            {
                "request": one.request,
                "what": one.what,
                "time": wall(one.time).isoformat(),
                "outcome": one.outcome,
                "reason": one.reason,
            }
            for one in reversed(talk.replies)
        ],
        "held": [
            {"board": one.board, "symbol": one.symbol, "phase": one.phase.value, "clause": one.clause}
            for one in talk.held
        ],
        "accounts": len(state.balances),
        "balances": sum(map(len, state.balances.values())),
    }
