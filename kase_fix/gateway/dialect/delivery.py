"""Who is told of an event, and the delivery id of each report: SecondaryExecID(527) of both dialects."""

from kase_fix.clearing.obligations import PROLONGED
from kase_fix.messages.corrections import DealBusted, DealCorrected, OrderRestated
from kase_fix.messages.deal_events import Deal, DealConfirmed, DealFailed
from kase_fix.messages.deal_terms import RepoTerms, SwapTerms
from kase_fix.messages.events import CommandFailed, Event
from kase_fix.messages.indicative import IndicativeGone, IndicativeRefused, IndicativeSet
from kase_fix.messages.order_events import (
    CancelRefused,
    ConfirmRefused,
    MassCancelAnswered,
    OrderAccepted,
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderFormed,
    OrderRefused,
    OrderRepeated,
    OrderReplaced,
    OrderTriggered,
    PreliminaryEnded,
)
from kase_fix.messages.quotes import MassQuoteAnswered, QuotesCancelled
from kase_fix.messages.repo import OpenRepo, RepoClosed, RepoClosing, RepoProlonged, RepoReady, RepoTerminated
from kase_fix.rulebook.refusals import SELF_TRADE
from kase_fix.rulebook.refusals_of_quotes import QUOTE_WITHDRAWN
from kase_fix.values.enums import OrderStatus

BUYER = "B"
SELLER = "S"
OWNER = "0"
"""The owner of the order, or the one user an event concerns."""
COUNTERPARTY = "C"
"""To whom a direct order is addressed: told of it until it is answered (R-18)."""
CONFIRMER = "K"
"""The participant of the confirmation system who controls an account: told of its orders, deals and repo (art. 42)."""
FIRST, SECOND = "1", "2"
"""Behind B and S: the legs of a swap (art. 15). FIRST, behind K too: what is told of a repo beside its deal."""
SIDES = (
    OWNER,
    BUYER,
    BUYER + FIRST,
    BUYER + SECOND,
    COUNTERPARTY,
    CONFIRMER,
    CONFIRMER + FIRST,
    SELLER,
    SELLER + FIRST,
    SELLER + SECOND,
)
"""In the order in which one event is told to one user: the ids of his reports grow (`Cursor`)."""

_ABOUT_AN_ORDER = (
    OrderAccepted,
    OrderRefused,
    OrderReplaced,
    OrderCancelled,
    OrderExpired,
    OrderFormed,
    OrderConfirmed,
    OrderRestated,
    PreliminaryEnded,
    OrderTriggered,
)
_WHILE_PENDING = (OrderAccepted, OrderReplaced)
_AT_THE_END = (OrderCancelled, OrderExpired)
OF_QUOTES = (MassQuoteAnswered, QuotesCancelled, IndicativeGone, IndicativeRefused)
_ABOUT_A_REQUEST = (CancelRefused, ConfirmRefused, OrderRepeated, CommandFailed, MassCancelAnswered, *OF_QUOTES)
ABOUT_A_REPO = RepoClosing | RepoReady | RepoClosed | RepoTerminated | RepoProlonged
TAKEN_BACK = DealBusted | DealCorrected
"""The exchange has cancelled or corrected a deal."""
ABOUT_A_DEAL = DealConfirmed | DealFailed | DealBusted | DealCorrected
_ONE = ("",)


def recipients(event: Event) -> tuple[tuple[str, str], ...]:
    """Return (user, side) of every report an event gives rise to; a deal with oneself gives two.

    Of a deal and of a repo also those who control its accounts (art. 42 p. 2, 3).
    """
    if isinstance(event, Deal):
        return _of_deal(event, _parts(event))
    if isinstance(event, _ABOUT_AN_ORDER):
        order = event.order
        if order.quote_id and told_by_acknowledgement(event):
            return ()
        if order.direct is None and not order.confirmer:
            return ((order.user, OWNER),)
        others = [
            (user, side)
            for user, side in ((_addressed(event), COUNTERPARTY), (_confirms(event), CONFIRMER))
            if user not in ("", order.user)
        ]
        return (order.user, OWNER), *others
    if isinstance(event, ABOUT_A_REPO):
        return _of_repo(event.repo)
    if isinstance(event, ABOUT_A_DEAL):
        return _of_deal(event.deal, _parts(event.deal) if isinstance(event, TAKEN_BACK) else _ONE)
    if isinstance(event, IndicativeSet):
        return ((event.quote.user, OWNER),)
    if isinstance(event, _ABOUT_A_REQUEST) and event.user:
        return ((event.user, OWNER),)
    return ()


def told_by_acknowledgement(event: Event) -> bool:
    """Tell whether an event of a quote's order is told by the acknowledgement of the quote alone (R-162)."""
    if isinstance(event, OrderAccepted):
        return True
    if isinstance(event, OrderReplaced):
        return event.request_cl_ord_id == event.order.quote_id
    return isinstance(event, OrderCancelled) and event.reason == QUOTE_WITHDRAWN


def _parts(deal: Deal) -> tuple[str, ...]:
    """Return what stands behind B and S: a swap's two legs follow it, a repo is told of with its deal."""
    if isinstance(deal.terms, SwapTerms):
        return "", FIRST, SECOND
    if isinstance(deal.terms, RepoTerms) and deal.method != PROLONGED:
        return "", FIRST
    return _ONE


def _of_deal(deal: Deal, parts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return both parties and who controls their accounts."""
    parties = (deal.buy.user, BUYER), (deal.sell.user, SELLER)
    if parts is _ONE and not deal.controllers and not deal.awaits:
        return parties
    return _named(parties, (*deal.awaits, *deal.controllers), parts)


def _of_repo(repo: OpenRepo) -> tuple[tuple[str, str], ...]:
    parties = (repo.buyer.user, BUYER), (repo.seller.user, SELLER)
    return _named(parties, (repo.buyer.controller, repo.seller.controller), ("", FIRST))


def _named(
    parties: tuple[tuple[str, str], ...], controllers: tuple[str, ...], parts: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    others = tuple((name, CONFIRMER) for name in dict.fromkeys(controllers) if name)
    named = [(user, side + part) for user, side in (*parties, *others) for part in parts if side + part in SIDES]
    return tuple(sorted(named, key=_by_side))


def _by_side(named: tuple[str, str]) -> str:
    return named[1]


def _addressed(event: Event) -> str:
    """Return whom a direct order waits for, or waited for to its end; empty: nobody, or not any more.

    One that met its answer is filled whole; one that met its sender's own order was never told of.
    """
    if isinstance(event, _WHILE_PENDING):
        waits = event.order.status is OrderStatus.PENDING_COUNTERPARTY
    elif isinstance(event, _AT_THE_END):
        waits = not event.order.filled and getattr(event, "reason", "") != SELF_TRADE
    else:
        return ""
    return event.order.direct.counterparty if waits and event.order.direct is not None else ""


def _confirms(event: Event) -> str:
    """Return who controls the order's account, of an order he was asked to confirm; empty: nobody."""
    asked = (*_WHILE_PENDING, *_AT_THE_END, OrderConfirmed)
    return event.order.confirmer if isinstance(event, asked) else ""


def delivery_id(number: int, index: int, side: str) -> str:
    """Return the id of the report on event `index` (from 0) of command `number` to `side`."""
    return f"{number}-{index}-{side}"


def parse_delivery_id(text: str) -> tuple[int, int, str]:
    """Return (command, event, side). Raises `ValueError` where the text is no delivery id."""
    number, index, side = text.split("-")
    if side not in SIDES:
        raise ValueError(text)
    return int(number), int(index), side
