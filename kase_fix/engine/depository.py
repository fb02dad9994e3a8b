"""The stock market's operational day opens and closes by an exchange of messages with the depository (art. 5 p. 4).

Each request is answered once: what comes for one that is done with, or was never made, is refused and changes nothing.
"""

import msgspec

from kase_fix.calendar.almaty import wall
from kase_fix.clearing.depository import Reply, Request, by_account, clause_of, disagreement
from kase_fix.engine.day import end_day, form, turning
from kase_fix.engine.held import preliminary_orders_past
from kase_fix.engine.phases import enter_phase
from kase_fix.engine.turn import Turn
from kase_fix.messages.day_events import Announced, DepositoryAnswerRefused
from kase_fix.messages.depository import (
    BALANCES,
    CLOSE,
    BalancesLoaded,
    DepositoryAnswered,
    DepositoryAsked,
    DepositoryDropped,
    DepositoryDue,
    DepositoryReplied,
)
from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook.operational_day import BALANCES_BY
from kase_fix.rulebook.refusals_of_depository import ALREADY_ANSWERED, UNKNOWN_REQUEST, WRONG_TOTALS
from kase_fix.schedule.transitions import DAY_CLOSES

TOLD_REASON = 200
"""Letters of the depository's reason that members are told."""


def due(turn: Turn, command: DepositoryDue) -> None:
    """Ask for the balances before 9.00, or at the day's end whether it may be closed (art. 5 p. 4 sp. 1, 2)."""
    turn.state.transitions.add(command.transition)
    if turn.state.day_open:
        ask(turn, command.what)


def ask(turn: Turn, what: str) -> None:
    """Make a request; it goes out when this command is durable."""
    state = turn.state
    assert state.date is not None
    request = Request(f"{state.date:%Y%m%d}-{what}-{turn.number}", what, turn.time)
    state.depository = state.depository.asked(request)
    turn.events.append(DepositoryAsked(request.request, what, clause_of(what)))


def answered(turn: Turn, command: DepositoryAnswered) -> None:
    """Take an answer in: the balances open the stock market, the consent closes the day (art. 5 p. 4 sp. 1, 2)."""
    state, what, clause = turn.state, command.what, clause_of(command.what)
    if not state.depository.waits_for(command.request, what):
        known = state.depository.knows(command.request)
        refusal = Refusal(ALREADY_ANSWERED, clause, (command.request,))
        if not known:
            refusal = Refusal(UNKNOWN_REQUEST, clause, (what, command.request))
        turn.events.append(DepositoryAnswerRefused(command.request, refusal))
    elif not command.ok:
        _note(turn, command, "refused")
        turn.events.append(DepositoryReplied(command.request, what, False, command.reason))
        _tell_refusal(turn, what, command.reason)
    elif what == CLOSE:
        _note(turn, command, "closed")
        turn.events.append(DepositoryReplied(command.request, what, True, command.reason))
        end_day(turn, clause)
    elif (found := disagreement(command.balances, command.totals)) is not None:
        _note(turn, command, "wrong")
        turn.events.append(DepositoryAnswerRefused(command.request, Refusal(WRONG_TOTALS, clause, found)))
        _tell_refusal(turn, what, "")
    else:
        _load(turn, command, clause)


def prolong(turn: Turn) -> None:
    """Have the request to close made anew at the day's new end; one that has no answer yet counts no more (R-92)."""
    turn.state.transitions.discard(DAY_CLOSES)
    drop(turn, CLOSE, "art. 5 p. 3")


def drop(turn: Turn, what: str, clause: str) -> None:
    """Let go of requests that need no answer any more."""
    state = turn.state
    for request in state.depository.pending:
        if request.what == what:
            state.depository = state.depository.replied(Reply(request.request, what, turn.time, "dropped"))
            turn.events.append(DepositoryDropped(request.request, what, clause))


def _load(turn: Turn, command: DepositoryAnswered, clause: str) -> None:
    """Load the accounts, and open what waited: each board as far as its day has come meanwhile."""
    state = turn.state
    state.balances = by_account(command.balances)
    _note(turn, command, "loaded")
    turn.events.append(DepositoryReplied(command.request, command.what, True, command.reason))
    turn.events.append(BalancesLoaded(command.request, len(command.balances), command.totals, clause))
    drop(turn, BALANCES, clause)
    now = wall(turn.time)
    if state.depository.told or now.time() > BALANCES_BY:
        turn.events.append(
            Announced(
                f"The operational day of the stock market is open since {now:%H:%M}",
                f"Операционный день для фондового рынка открыт в {now:%H:%M}",
            )
        )
    held = state.depository.held
    state.depository = msgspec.structs.replace(state.depository, open=True, held=())
    for one in held:
        members = turning(state, one.board, (one.symbol,) if one.symbol else ())
        if one.symbol:
            state.phases.update({trading.key: one.phase for trading in members})
        else:
            state.phases[one.board] = one.phase
        enter_phase(turn, one.board, one.phase, one.clause, members)
        if preliminary_orders_past(turn, one.board):
            form(turn, one.clause, members)


def _note(turn: Turn, command: DepositoryAnswered, outcome: str) -> None:
    state = turn.state
    reply = Reply(command.request, command.what, turn.time, outcome, command.reason)
    state.depository = state.depository.replied(reply)


def _tell_refusal(turn: Turn, what: str, reason: str) -> None:
    """Tell members that the stock market does not open, or that the day goes on (R-93)."""
    if what == BALANCES:
        turn.state.depository = msgspec.structs.replace(turn.state.depository, told=True)
        english = "The operational day of the stock market is not open: the Central Depository sent no balances"
        russian = "Операционный день для фондового рынка не открыт: остатки от Центрального депозитария не получены"
    else:
        english = "The operational day is not closed: the Central Depository does not consent"
        russian = "Операционный день не закрыт: согласие Центрального депозитария не получено"
    why = f" ({reason[:TOLD_REASON]})" if reason else ""
    turn.events.append(Announced(f"{english}{why}", f"{russian}{why}"))
