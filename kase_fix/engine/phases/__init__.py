"""What a board does with each order in each phase, a module a phase, all with the same questions."""

from typing import Protocol

from kase_fix.engine.phases import closed, continuous, direct, fixing, preliminary, specialised, standby, stops
from kase_fix.engine.state import State, Trading
from kase_fix.engine.turn import Turn
from kase_fix.matching.order import Order
from kase_fix.messages.day_events import PhaseEntered
from kase_fix.messages.order_state import Refusal
from kase_fix.values.enums import OrderStatus, Phase


class PhaseRules(Protocol):
    """The questions every phase answers; its module does."""

    def refuse(self, trading: Trading) -> Refusal | None:
        """May orders be entered or changed now?"""

    def waits_for(self, state: State, trading: Trading, order: Order) -> OrderStatus | None:
        """What does an order that is admitted wait for before it counts?"""

    def enter(self, turn: Turn, trading: Trading, order: Order) -> None:
        """What becomes of an order that is admitted; its acceptance is told already."""

    def cancelled(self, turn: Turn, trading: Trading, order: Order) -> None:
        """What follows from the withdrawal of an order? It is out of the book already."""

    def shrunk(self, turn: Turn, trading: Trading, order: Order) -> None:
        """What follows from an order lessened in its place?"""

    def begin(self, turn: Turn, trading: Trading) -> None:
        """What does the beginning of the phase do to an instrument's book?"""


RULES: dict[Phase, PhaseRules] = {
    Phase.CLOSED: closed,
    Phase.PRELIMINARY: preliminary,
    Phase.CONTINUOUS: continuous,
    Phase.STANDBY: standby,
    Phase.FIXING: fixing,
    Phase.SPECIALISED: specialised,
}
METHODS: dict[str, PhaseRules] = {"continuous": continuous, "direct": direct, "repo_direct": direct}
"""Of boards that are open, by their method."""


def rules_of(state: State, trading: Trading, order: Order | None = None) -> PhaseRules:
    """Return what holds for an instrument on a board now; for a direct order the same whatever the phase.

    So it is for a stop order that waits for a price.
    """
    if order is not None and order.direct is not None:
        return direct
    if order is not None and order.waits_for_price:
        return stops
    phase = state.phase(trading)
    return METHODS.get(trading.board.method, closed) if phase is Phase.CONTINUOUS else RULES[phase]


def enter_phase(turn: Turn, board: str, phase: Phase, clause: str, members: list[Trading]) -> None:
    """Announce a phase, then let it do to the books what it does."""
    state = turn.state
    trades_today = tuple(trading.symbol for trading in members if not_traded(state, trading) is None)
    turn.events.append(PhaseEntered(board, phase, clause, trades_today))
    for trading in members:
        if phase is not Phase.CONTINUOUS or trading.key not in state.terms.suspended:  # else it begins when resumed
            rules = METHODS.get(trading.board.method, closed) if phase is Phase.CONTINUOUS else RULES[phase]
            rules.begin(turn, trading)


def not_traded(state: State, trading: Trading) -> str | None:
    """Return the clause that keeps an instrument from trading on a board today; None: it trades (art. 11-40)."""
    return state.not_traded.get(trading.symbol) or state.not_traded.get(trading.key)
