"""What members are told of a specialised trading, in English and Russian (art. 4 p. 4)."""

import msgspec

from kase_fix.calendar.almaty import wall
from kase_fix.matching.specialised_clock import confirmation_ends
from kase_fix.messages.day_events import Announced
from kase_fix.messages.specialised import AuctionKind, AuctionTerms, BookOfResults, Execution, Submission
from kase_fix.values.numbers import Price, format_decimal, format_price

KINDS = {
    AuctionKind.PLACEMENT: ("placement", "размещение"),
    AuctionKind.SALE: ("sale", "продажа"),
    AuctionKind.BUYBACK: ("buy-back", "выкуп"),
    AuctionKind.ADDITIONAL: ("additional placement", "доразмещение"),
    AuctionKind.SUBSCRIPTION: ("subscription", "подписка"),
}


def published(terms: AuctionTerms) -> AuctionTerms:
    """Return the terms as all may know them: the reserve is the initiator's own."""
    return msgspec.structs.replace(terms, least=None)


def opened(terms: AuctionTerms) -> Announced:
    """Tell the terms a specialised trading is opened on."""
    english, russian = KINDS[terms.kind]
    share = format_decimal(terms.market_share, 2, 0)
    open_one, single = terms.submission is Submission.OPEN, terms.execution is Execution.SINGLE
    return Announced(
        f"Specialised trading in {terms.symbol} on the board {terms.board}: {english} by {terms.initiator}, "
        f"volume {terms.volume}, orders {_span(terms)}, {'open' if open_one else 'closed'} submission, "
        f"market orders {f'up to {share} %' if terms.market_share else 'not taken'}, "
        f"limit orders executed at {'the cut-off price' if single else 'their own prices'}",
        f"Специализированные торги по {terms.symbol} в режиме {terms.board}: {russian}, инициатор {terms.initiator}, "
        f"объем {terms.volume}, прием заявок {_span(terms)}, способ подачи заявок "
        f"{'открытый' if open_one else 'закрытый'}, рыночные заявки "
        f"{f'до {share} %' if terms.market_share else 'не принимаются'}, лимитированные заявки исполняются "
        f"{'по цене отсечения' if single else 'по ценам заявок'}",
        symbol=terms.symbol,
    )


def acceptance_begins(terms: AuctionTerms) -> Announced:
    """Tell that orders are taken from now on."""
    return Announced(
        f"Specialised trading in {terms.symbol}: orders are taken, {_span(terms)}",
        f"Специализированные торги по {terms.symbol}: прием заявок {_span(terms)}",
        symbol=terms.symbol,
    )


def acceptance_ends(terms: AuctionTerms, waiting: bool) -> Announced:
    """Tell that no more orders are taken, and until when those that wait can be confirmed."""
    until = f"{wall(confirmation_ends(terms)):%H:%M}"
    return Announced(
        f"Specialised trading in {terms.symbol}: acceptance of orders is over"
        + (f", orders are confirmed until {until}" if waiting else ""),
        f"Специализированные торги по {terms.symbol}: прием заявок окончен"
        + (f", подтверждение заявок до {until}" if waiting else ""),
        symbol=terms.symbol,
    )


def result(terms: AuctionTerms, cut_off: Price, results: BookOfResults, decimals: int) -> Announced:
    """Tell the cut-off price and what was sold or bought at which average."""
    price = format_price(cut_off, decimals)
    average = format_price(results.satisfied.average or 0, decimals)
    done, counts = results.satisfied.volume, results
    return Announced(
        f"Specialised trading in {terms.symbol}: cut-off {price}, {done} of {terms.volume} executed at "
        f"{average} on average; participants {counts.participants}, orders {counts.submitted.orders}, "
        f"active {counts.active.orders}",
        f"Специализированные торги по {terms.symbol}: цена отсечения {price}, исполнено {done} из {terms.volume}, "
        f"средневзвешенная {average}; участников {counts.participants}, заявок {counts.submitted.orders}, "
        f"активных {counts.active.orders}",
        symbol=terms.symbol,
    )


def failed(terms: AuctionTerms) -> Announced:
    """Tell that nothing is sold or bought."""
    return Announced(
        f"Specialised trading in {terms.symbol} has failed",
        f"Специализированные торги по {terms.symbol} признаны несостоявшимися",
        symbol=terms.symbol,
    )


def _span(terms: AuctionTerms) -> str:
    opens, closes = wall(terms.opens), wall(terms.closes)
    if opens.date() == closes.date():
        return f"{opens:%Y-%m-%d %H:%M}-{closes:%H:%M}"
    return f"{opens:%Y-%m-%d %H:%M} - {closes:%Y-%m-%d %H:%M}"
