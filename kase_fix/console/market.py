"""The market over HTTP: instruments, books and deals."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import answer, fresh, whole_number
from kase_fix.console.moments import iso
from kase_fix.console.picture import Picture
from kase_fix.console.plain import Plain
from kase_fix.marketdata.deals import KEPT
from kase_fix.marketdata.market import Listing
from kase_fix.values.enums import Phase, Side
from kase_fix.values.numbers import Price, format_decimal, format_price

ALL_LEVELS = 1_000_000


async def instruments(request: Request) -> Response:
    """`GET /api/instruments`: all listings, in the configuration's order."""
    picture = await fresh(request)
    listings = picture.market.listings.values()
    return answer({"seq": picture.seq, "instruments": [_instrument(picture, listing) for listing in listings]})


async def book(request: Request) -> Response:
    """`GET /api/books/SYMBOL`: all levels of both sides, best first (`?levels=N`, `?board=` for another).

    In standby there is also the `auction` as it would end now, without a price where nothing crosses (R-13); in fixing
    the `fixing`: the called price, and its surplus once it is announced (R-17).
    """
    count = whole_number(request, "levels", ALL_LEVELS, 1, ALL_LEVELS)
    picture, listing, board = await _found(request)
    phase = picture.market.phases.of_symbol(board, listing.symbol)
    return answer(
        {
            "symbol": listing.symbol,
            "board": board,
            "phase": phase.value,
            "seq": picture.seq,
            "bids": _levels(listing, board, Side.BUY, count),
            "asks": _levels(listing, board, Side.SELL, count),
            "last": _last(listing),
            **({"auction": _auction(listing, board)} if phase is Phase.STANDBY else {}),
            **_fixing(picture, listing, board),
        }
    )


async def deals(request: Request) -> Response:
    """`GET /api/deals/SYMBOL`: the day's last deals, latest first (`?limit=N`), and the day's statistics."""
    limit = whole_number(request, "limit", KEPT, 1, KEPT)
    picture, listing, board = await _found(request)
    numbers = listing.on(board).deals.statistics
    return answer(
        {
            "symbol": listing.symbol,
            "board": board,
            "seq": picture.seq,
            "deals": [
                {
                    "deal_id": trade.deal_id,
                    "seq": trade.number,
                    "time": iso(trade.time),
                    "price": _price(listing, trade.price),
                    "quantity": trade.quantity,
                    "turnover": _money(trade.turnover),
                    "settlement": trade.settlement.isoformat(),
                    "aggressor": trade.aggressor.name.lower(),
                    "method": trade.method,
                    "cancelled": trade.cancelled,
                }
                for trade in list(reversed(listing.on(board).deals.recent))[:limit]
            ],
            "statistics": {
                "open": _price(listing, numbers.open),
                "high": _price(listing, numbers.high),
                "low": _price(listing, numbers.low),
                "last": _price(listing, numbers.last),
                "average": _price(listing, numbers.average),
                "deals": numbers.deals,
                "quantity": numbers.quantity,
                "turnover": _money(numbers.turnover),
                "currency": listing.instrument.quote,
                "reference": _price(listing, listing.reference),
            },
        }
    )


async def _found(request: Request) -> tuple[Picture, Listing, str]:
    picture = await fresh(request)
    symbol = request.path_params["symbol"]
    listing = picture.market.listings.get(symbol)
    if listing is None:
        raise HTTPException(404, f"No instrument {symbol} is listed.")
    board = request.query_params.get("board") or listing.instrument.board
    if board not in listing.books:
        raise HTTPException(404, f"{symbol} does not trade on the board {board}.")
    return picture, listing, board


def _instrument(picture: Picture, listing: Listing) -> Plain:
    instrument, group = listing.instrument, listing.group
    return {
        "symbol": instrument.symbol,
        "group": group.name,
        "title": group.title,
        "sector": group.sector or group.title,
        "name": instrument.title,
        "isin": instrument.isin or None,
        "nin": instrument.nin or None,
        "market": group.market,
        "board": instrument.board,
        "boards": [instrument.board, *instrument.more_boards],
        "currency": instrument.currency,
        "quote": instrument.quote,
        "term": instrument.term,
        "lot": group.lot,
        "price_decimals": group.price_decimals,
        "phase": picture.market.phase(instrument.symbol).value,
        "settlement": listing.settlement.isoformat() if listing.settlement else None,
        "not_traded": listing.not_traded or None,
        "reference": _price(listing, listing.reference),
        "last": _last(listing),
    }


def _levels(listing: Listing, board: str, side: Side, count: int) -> list[Plain]:
    wanted = None if count == ALL_LEVELS else count
    return [
        {"price": _price(listing, level.price), "quantity": level.quantity, "orders": level.orders}
        for level in listing.on(board).depth.best(side, wanted)
    ]


def _auction(listing: Listing, board: str) -> Plain:
    now = listing.on(board).auction.indication
    if now is None:
        return {"price": None, "volume": 0, "surplus_side": None, "surplus": 0}
    return {
        "price": _price(listing, now.price),
        "volume": now.volume,
        "surplus_side": now.surplus_side.name.lower() if now.surplus_side else None,
        "surplus": now.surplus,
    }


def _fixing(picture: Picture, listing: Listing, board: str) -> dict[str, Plain]:
    """Word the present round under `fixing`, Almaty time; nothing where there is none."""
    called = listing.on(board).fixing.called
    if called is None:
        return {}
    hours = picture.market.phases.hours(board, listing.symbol)
    until = called.until or (hours.closes if hours is not None else None)
    told = called.buy is not None and called.sell is not None
    return {
        "fixing": {
            "round": called.round,
            "price": _price(listing, called.price),
            "until": until.isoformat() if until is not None else None,
            "announced": told,
            "buy": called.buy,
            "sell": called.sell,
        }
    }


def _last(listing: Listing) -> Plain:
    """Word the last deal; of one before today only the price is known, of none nothing."""
    last = listing.deals.last
    if last is not None:
        return {"price": _price(listing, last.price), "quantity": last.quantity, "time": iso(last.time)}
    if listing.reference is None:
        return None
    return {"price": _price(listing, listing.reference), "quantity": None, "time": None}


def _price(listing: Listing, price: Price | None) -> str | None:
    return None if price is None else format_price(price, listing.group.price_decimals)


def _money(amount: int) -> str:
    return format_decimal(amount, 2, 2)
