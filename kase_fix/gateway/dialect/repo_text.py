"""What the parties of a repo, and who controls their accounts, are told of its life: AE of FIX44, RI and C of NEXT.

Of every repo at its opening, on the day of its closing deal, when a side is ready, when it is executed or terminated,
and when it is prolonged (art. 38 p. 1-1, 39). Trading is anonymous: each is told of his own side.
"""

import datetime as dt
from typing import NamedTuple

from kase_fix.calendar.almaty import date_of
from kase_fix.clearing.opening import repo_of
from kase_fix.gateway.dialect.corrections_text import CANCEL as CANCELLED
from kase_fix.gateway.dialect.corrections_text import CORRECT as CORRECTED
from kase_fix.gateway.dialect.corrections_text import words_of
from kase_fix.gateway.dialect.delivery import ABOUT_A_REPO, CONFIRMER, SELLER, TAKEN_BACK
from kase_fix.gateway.dialect.fix_text import date_text, utc_timestamp
from kase_fix.gateway.dialect.listing import Listing, decimals_of
from kase_fix.gateway.dialect.report_parts import NO_ORDER, both_languages
from kase_fix.gateway.dialect.status_text import operator_message
from kase_fix.gateway.dialect.terms_text import money, repo_fields, security_price
from kase_fix.messages.corrections import DealBusted, DealCorrected
from kase_fix.messages.day_events import Announced
from kase_fix.messages.deal_events import Deal
from kase_fix.messages.repo import OpenRepo, Party, RepoClosed, RepoClosing, RepoProlonged, RepoReady, RepoTerminated
from kase_fix.rulebook.operational_day import READINESS
from kase_fix.rulebook.refusals import in_russian
from kase_fix.values.enums import Side
from kase_fix.values.numbers import format_price

NEW, CANCEL, REPLACE = "0", "1", "2"
"""TradeReportTransType(487)."""
SUBMIT, ALLEGED, ACCEPT, ADDENDUM = "0", "1", "2", "4"
"""TradeReportType(856): a fact; a closing deal that waits for readiness; a side that is ready; other terms."""
TRADE, TRADE_CANCEL = "F", "H"
"""ExecType(150): the deal is done; it will not be executed."""
DIRECT = "direct"


class Kind(NamedTuple):
    """What an AE is about, in its tags."""

    action: str
    type: str
    executed: str = ""
    closing: bool = True
    """Whether it tells of the closing deal: 880 is its number, 820 the opening deal's."""


KINDS: dict[type, Kind] = {
    Deal: Kind(NEW, SUBMIT, TRADE, closing=False),
    DealBusted: Kind(CANCEL, SUBMIT, CANCELLED, closing=False),
    DealCorrected: Kind(REPLACE, SUBMIT, CORRECTED, closing=False),
    RepoClosing: Kind(NEW, ALLEGED),
    RepoReady: Kind(NEW, ACCEPT),
    RepoClosed: Kind(NEW, SUBMIT, TRADE),
    RepoTerminated: Kind(CANCEL, SUBMIT, TRADE_CANCEL),
    RepoProlonged: Kind(REPLACE, ADDENDUM, closing=False),
}


def trade_report(
    event: Deal | TAKEN_BACK | ABOUT_A_REPO, side: str, user: str, delivery: str, time: int, listing: Listing
) -> str:
    """Return AE of a repo: 55, 31 and 32 as it was dealt, the securities in 711, both dates and its money.

    To who controls its accounts: with the sides of those.
    """
    repo = _repo(event)
    kind = KINDS[type(event)]
    encoding, words = _text(event, side, user, decimals_of(listing, repo.symbol))
    number = repo.closing_id if kind.closing else repo.deal_id
    link = f"820={repo.deal_id}\x01" if kind.closing else ""
    executed = f"150={kind.executed}\x01" if kind.executed else ""
    sides = "".join(_side(repo, one, party, words) for one, party in _sides_of(repo, side, user))
    count = sides.count("37=")
    return (
        f"35=AE\x01{encoding}571={delivery}\x01487={kind.action}\x01856={kind.type}\x01{executed}{link}880={number}\x01"
        f"527={delivery}\x01570=N\x0155={repo.symbol}\x01{repo_fields(repo.terms)}32={repo.quantity}\x01"
        f"31={format_price(repo.price, decimals_of(listing, repo.symbol))}\x0175={date_text(date_of(time))}\x01"
        f"60={utc_timestamp(time)}\x0164={date_text(_settlement(repo, kind))}\x01552={count}\x01{sides}"
    )


def repo_information(event: Deal | ABOUT_A_REPO) -> str:
    """Return RI of NEXT: 5218 the opening deal, 5219 the closing one once there is one, their prices and volumes.

    Prices and volume of the closing in 5223, 5220 and 5225 where the parties agreed on them, in 5222, 5221 and 5224
    where they follow from a rate; 5226 how many of 5229, 5227 and 5228 when, 5230 the opening deal in whole units.
    """
    repo = _repo(event)
    opening, closing = repo.terms.opening, repo.terms.closing
    number = f"5219={repo.closing_id}\x01" if repo.closing_id else ""
    start, end, volume = (5223, 5220, 5225) if repo.terms.kind == DIRECT else (5222, 5221, 5224)
    return (
        f"35=RI\x015218={repo.deal_id}\x01{number}{start}={security_price(opening.price)}\x01"
        f"{end}={security_price(closing.price)}\x01{volume}={money(closing.amount)}\x015226={opening.quantity}\x01"
        f"5227={date_text(opening.settlement)}\x015228={date_text(closing.settlement)}\x015229={opening.asset}\x01"
        f"5230={opening.amount // 100}\x01"
    )


def in_words(event: Deal | ABOUT_A_REPO, side: str, user: str) -> str:
    """Return C of NEXT, since RI has no text; empty where the exchange's own announcement says it, or nothing is."""
    if isinstance(event, Deal | RepoTerminated):
        return ""
    english, russian = _words(event, side, user)
    return operator_message(Announced(english, russian))


def _repo(event: Deal | TAKEN_BACK | ABOUT_A_REPO) -> OpenRepo:
    if isinstance(event, ABOUT_A_REPO):
        return event.repo
    repo = repo_of(event.deal if isinstance(event, TAKEN_BACK) else event)
    assert repo is not None
    return repo


def _settlement(repo: OpenRepo, kind: Kind) -> dt.date:
    return (repo.terms.closing if kind.closing else repo.terms.opening).settlement


def _sides_of(repo: OpenRepo, side: str, user: str) -> list[tuple[Side, Party]]:
    both = [(Side.BUY, repo.buyer), (Side.SELL, repo.seller)]
    if side[0] == CONFIRMER:
        return [(one, party) for one, party in both if party.controller == user]
    return both[1:] if side[0] == SELLER else both[:1]


def _side(repo: OpenRepo, side: Side, party: Party, words: str) -> str:
    """One entry of 552: 54 as in the opening order; who buys in the repo sector buys the securities back."""
    opening = repo.terms.opening
    return (
        f"54={side.value}\x0137={NO_ORDER}\x011={party.account}\x0115={opening.currency}\x01336={repo.board}\x01"
        f"921={money(opening.amount)}\x01922={money(repo.terms.closing.amount)}\x01{words}"
    )


def _text(event: Deal | TAKEN_BACK | ABOUT_A_REPO, side: str, user: str, decimals: int) -> tuple[str, str]:
    if isinstance(event, Deal):
        return "", ""
    if isinstance(event, TAKEN_BACK):
        return both_languages(*words_of(event, decimals))
    return both_languages(*_words(event, side, user))


def _words(event: ABOUT_A_REPO, side: str, user: str) -> tuple[str, str]:
    """Return in English and Russian what has become of a repo, or what is to be done."""
    repo = event.repo
    name = repo.closing_id
    if isinstance(event, RepoClosing):
        until, clause = READINESS[repo.terms.session]
        return (
            f"Tell that you are ready by AU with ConfirmID {name}, AffirmStatus 3, until {until:%H:%M} ({clause})",
            f"Сообщите о готовности сообщением AU: ConfirmID {name}, AffirmStatus 3, до {until:%H:%M} "
            f"({in_russian(clause)})",
        )
    if isinstance(event, RepoReady):
        own = any(event.by in (party.user, party.controller) for _, party in _sides_of(repo, side, user))
        who = (event.by, event.by) if own else ("The other side", "Другая сторона")
        return f"{who[0]} is ready for the closing deal {name}", f"Готовность к сделке закрытия {name}: {who[1]}"
    if isinstance(event, RepoClosed):
        return f"The closing deal {name} is executed", f"Сделка закрытия {name} исполнена"
    if isinstance(event, RepoTerminated):
        return (
            f"The closing deal {name} is terminated: readiness did not come in time ({event.clause})",
            f"Сделка закрытия {name} прекращена: сообщение о готовности не поступило вовремя "
            f"({in_russian(event.clause)})",
        )
    closes = repo.terms.closing.settlement
    return f"Repo {repo.deal_id} is prolonged to {closes}", f"Репо {repo.deal_id} продлено до {closes:%d.%m.%Y}"
