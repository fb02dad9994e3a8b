"""Refusals that stop orders have of their own (R-150); `refusals.CATALOGUE` has them all."""

from kase_fix.rulebook.entry import Entry

STOP_PRICE_MISSING = "stop_price_missing"
STOP_PRICE_NOT_WANTED = "stop_price_not_wanted"
STOP_NOT_ABOVE = "stop_not_above"
STOP_NOT_BELOW = "stop_not_below"

ENTRIES = (
    Entry(STOP_PRICE_MISSING, 32, 99, "A stop order needs a stop price", "В стоп-заявке нет стоп-цены"),
    Entry(
        STOP_PRICE_NOT_WANTED,
        32,
        99,
        "Only a stop order has a stop price",
        "Стоп-цена указывается только в стоп-заявке",
    ),
    Entry(
        STOP_NOT_ABOVE,
        32,
        99,
        "Stop price {0} of a buyer must be above the last deal {1}",
        "Стоп-цена {0} покупателя должна быть выше цены последней сделки {1}",
    ),
    Entry(
        STOP_NOT_BELOW,
        32,
        99,
        "Stop price {0} of a seller must be below the last deal {1}",
        "Стоп-цена {0} продавца должна быть ниже цены последней сделки {1}",
    ),
)
