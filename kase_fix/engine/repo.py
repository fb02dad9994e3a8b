"""Repo to its end: the closing deal, readiness for it, termination, prolongation (art. 38 p. 1-1, 39)."""

import datetime as dt

import msgspec

from kase_fix.engine.state import State
from kase_fix.engine.turn import Turn
from kase_fix.messages.commands import Confirm
from kase_fix.messages.day_events import Announced
from kase_fix.messages.deal_terms import RepoTerms
from kase_fix.messages.order_state import Refusal
from kase_fix.messages.repo import (
    OpenRepo,
    ReadinessDue,
    RepoClosed,
    RepoClosing,
    RepoProlonged,
    RepoReady,
    RepoTerminated,
)
from kase_fix.rulebook.admission import RULES_OF_THE_EXCHANGE
from kase_fix.rulebook.market import Market
from kase_fix.rulebook.refusals import TOO_LATE, UNKNOWN_ORDER, in_russian

READINESS = "art. 38 p. 1-1"


def begin_day(turn: Turn) -> None:
    """Create the closing deals of the day, and of days before it on which the exchange did not work."""
    state = turn.state
    for repo in list(state.repos.values()):
        if not repo.closing_id and state.date is not None and repo.terms.closing.settlement <= state.date:
            late = repo.terms.closing.settlement < state.date
            closing = msgspec.structs.replace(
                repo,
                closing_id=f"{turn.number}-{len(turn.events)}",
                terms=_closing_on(repo.terms, state.date) if late else repo.terms,
            )
            state.repos[repo.deal_id] = closing
            _tell(turn, RepoClosing(closing, repo.terms if late else None))


def closing_of(state: State, reference: str) -> OpenRepo | None:
    """Return the repo whose closing deal has this number; None: there is none that waits."""
    return next((repo for repo in state.repos.values() if repo.closing_id and repo.closing_id == reference), None)


def ready(turn: Turn, market: Market, command: Confirm, repo: OpenRepo) -> Refusal | None:
    """Take note that a side is ready to close; when both are the closing deal is executed (art. 38 p. 1-1).

    It may be said by the member himself or by the participant of the confirmation system who controls the account.
    """
    user = market.users[command.user]
    sides = {
        name: party
        for name, party in (("buyer", repo.buyer), ("seller", repo.seller))
        if party.firm == user.firm or party.account in user.controls
    }
    if not sides:
        return Refusal(UNKNOWN_ORDER, RULES_OF_THE_EXCHANGE, (command.reference,))
    if not command.agreed:
        return Refusal(TOO_LATE, READINESS, (command.reference,))
    now = msgspec.structs.replace(
        repo, **{name: msgspec.structs.replace(party, ready=True) for name, party in sides.items()}
    )
    turn.state.repos[repo.deal_id] = now
    turn.events.append(RepoReady(now, command.user))
    if now.ready:
        del turn.state.repos[repo.deal_id]
        turn.events.append(RepoClosed(now))
    return None


def readiness_due(turn: Turn, command: ReadinessDue) -> None:
    """Terminate the closing deals of a session for which readiness has not come in time (art. 38 p. 1-1)."""
    state = turn.state
    state.transitions.add(command.transition)
    for repo in list(state.repos.values()):
        if repo.closing_id and repo.terms.session == command.session:
            del state.repos[repo.deal_id]
            for user in dict.fromkeys((repo.buyer.user, repo.seller.user)):
                turn.events.append(
                    Announced(
                        f"The closing deal {repo.closing_id} in {repo.symbol} is terminated: readiness did not come"
                        f" in time ({command.clause})",
                        f"Сделка закрытия {repo.closing_id} по {repo.symbol} прекращена: сообщение о готовности не"
                        f" поступило вовремя ({in_russian(command.clause)})",
                        user,
                        repo.symbol,
                    )
                )
            _tell(turn, RepoTerminated(repo, command.clause))


def prolongable(state: State, name: str) -> OpenRepo | None:
    """Return the direct repo that an order may prolong; None: there is none, or its closing is executed already."""
    repo = state.repos.get(name)
    return repo if repo is not None and repo.terms.kind == "direct" else None


def prolong(turn: Turn, name: str, terms: RepoTerms) -> None:
    """Put the new closing in the former one's place; a closing deal created already is taken back (art. 39 sp. 2)."""
    repo = turn.state.repos[name]
    opening = repo.terms.opening
    longer = msgspec.structs.replace(
        repo,
        terms=msgspec.structs.replace(terms, opening=opening),
        closing_id="",
        buyer=msgspec.structs.replace(repo.buyer, ready=False),
        seller=msgspec.structs.replace(repo.seller, ready=False),
    )
    turn.state.repos[repo.deal_id] = longer
    _tell(turn, RepoProlonged(longer, repo.terms))


def _closing_on(terms: RepoTerms, date: dt.date) -> RepoTerms:
    """Return the terms with the closing deal due on another date, for the same money."""
    return msgspec.structs.replace(terms, closing=msgspec.structs.replace(terms.closing, settlement=date))


def _tell(turn: Turn, event: RepoClosing | RepoTerminated | RepoProlonged) -> None:
    """Tell what became of a repo, and change what is owed by it."""
    turn.state.ledger.apply(event)
    turn.events.append(event)
