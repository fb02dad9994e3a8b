"""`GET /api/specialised`: the day's specialised trading, its terms, its stage, its book of results (art. 42 p. 1)."""

from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import answer, fresh
from kase_fix.console.moments import iso
from kase_fix.console.plain import Plain
from kase_fix.marketdata.specialised import Held
from kase_fix.messages.specialised import BookOfResults, OrderBook
from kase_fix.values.numbers import Price, format_decimal, format_price


async def specialised(request: Request) -> Response:
    """`GET /api/specialised`: latest opened first (`?symbol=` for one instrument)."""
    picture = await fresh(request)
    symbol = request.query_params.get("symbol")
    return answer(
        {
            "seq": picture.seq,
            "specialised": [
                _held(one, picture.decimals(one.terms.symbol))
                for one in reversed(picture.specialised.held)
                if symbol in (None, one.terms.symbol)
            ],
        }
    )


def _held(one: Held, decimals: int) -> dict[str, Plain]:
    terms = one.terms
    return {
        "symbol": terms.symbol,
        "board": terms.board,
        "initiator": terms.initiator,
        "kind": terms.kind.value,
        "volume": terms.volume,
        "subject": terms.subject.value,
        "opens": iso(terms.opens),
        "closes": iso(terms.closes),
        "submission": terms.submission.value,
        "market_share": _per_cent(terms.market_share),
        "execution": terms.execution.value,
        "allocation": terms.allocation.value,
        "stage": one.stage.value if one.stage is not None else "over",
        "until": iso(one.until) if one.until else None,
        "failed": one.failed or None,
        "results": _results(one.results, decimals) if one.results is not None else None,
    }


def _results(results: BookOfResults, decimals: int) -> dict[str, Plain]:
    return {
        "participants": results.participants,
        "cut_off": _price(results.cut_off, decimals),
        "submitted": _orders(results.submitted, decimals),
        "active": _orders(results.active, decimals),
        "satisfied": _orders(results.satisfied, decimals),
    }


def _orders(book: OrderBook, decimals: int) -> dict[str, Plain]:
    return {
        "orders": book.orders,
        "limit_orders": book.limit_orders,
        "market_orders": book.market_orders,
        "volume": book.volume,
        "limit_volume": book.limit_volume,
        "market_volume": book.market_volume,
        "share": _per_cent(book.share),
        "lowest": _price(book.lowest, decimals),
        "highest": _price(book.highest, decimals),
        "average": _price(book.average, decimals),
    }


def _price(price: Price | None, decimals: int) -> str | None:
    return None if price is None else format_price(price, decimals)


def _per_cent(hundredths: int) -> str:
    return format_decimal(hundredths, 2, 2)
