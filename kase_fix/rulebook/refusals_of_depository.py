"""Refusals that rest on the talk with the Central Depository (art. 5 p. 4); `refusals.CATALOGUE` has them all."""

from kase_fix.rulebook.entry import Entry

STOCK_MARKET_CLOSED = "stock_market_closed"
UNKNOWN_REQUEST = "unknown_request"
ALREADY_ANSWERED = "already_answered"
WRONG_TOTALS = "wrong_totals"
NOT_TO_BE_ASKED = "not_to_be_asked"

ENTRIES = (
    Entry(
        STOCK_MARKET_CLOSED,
        19,
        2,
        "The stock market's operational day is not open yet, the depository's balances are not in; {0} waits",
        "Операционный день для фондового рынка еще не открыт, остатки от депозитария не получены; {0} ожидает",
        cancel=0,
    ),
    Entry(
        UNKNOWN_REQUEST,
        99,
        99,
        "The depository was not asked for {0} by a request {1}",
        "Запрос {1} ({0}) в депозитарий не направлялся",
    ),
    Entry(ALREADY_ANSWERED, 99, 99, "The request {0} is done with", "Запрос {0} уже исполнен"),
    Entry(
        WRONG_TOTALS,
        99,
        99,
        "The balances of {0} are {1}, their control sum says {2}",
        "Остатки {0} составляют {1}, контрольная сумма {2}",
    ),
    Entry(
        NOT_TO_BE_ASKED,
        99,
        99,
        "The depository is not to be asked for {0}: {1}",
        "Запрос {0} в депозитарий не направляется: {1}",
    ),
)
