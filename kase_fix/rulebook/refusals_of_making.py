"""Refusals of orders that are marked as a market maker's (R-157)."""

from kase_fix.rulebook.entry import Entry

NOT_A_MAKER = "not_a_maker"
MAKER_MUST_REST = "maker_must_rest"
MAKER_QUANTITY = "maker_quantity"
MAKER_VOLUME = "maker_volume"
MAKER_DEVIATION = "maker_deviation"
MAKER_SPREAD = "maker_spread"
NOT_RELIEVED = "not_relieved"

ENTRIES = (
    Entry(
        NOT_A_MAKER,
        26,
        0,
        "{0} is no market maker of {1} on {2}",
        "{0} не является маркет-мейкером по {1} в режиме {2}",
    ),
    Entry(
        MAKER_MUST_REST,
        27,
        11,
        "A market maker's order in {0} is a limit order that rests",
        "Заявка маркет-мейкера по {0} - лимитированная, остающаяся в очереди",
    ),
    Entry(
        MAKER_QUANTITY,
        29,
        13,
        "A market maker's order shows at least {1}, this one {0}",
        "Заявка маркет-мейкера показывает не менее {1}, эта - {0}",
    ),
    Entry(
        MAKER_VOLUME,
        29,
        13,
        "A market maker's order shows at least {1} in money, this one {0}",
        "Сумма заявки маркет-мейкера не менее {1}, этой - {0}",
    ),
    Entry(
        MAKER_DEVIATION,
        35,
        16,
        "A market maker's price stays within {1} % of {2}, the last day's; this one is {0}",
        "Цена маркет-мейкера отклоняется не более чем на {1} % от цены прошлого дня {2}; эта цена {0}",
    ),
    Entry(
        MAKER_SPREAD,
        32,
        99,
        "A market maker's best prices are at most {2} apart; these are {0} and {1}",
        "Спред маркет-мейкера не более {2}; лучшие цены стали бы {0} и {1}",
    ),
    Entry(
        NOT_RELIEVED,
        99,
        99,
        "{0} is not bound to quote {1} on any board",
        "{0} не имеет обязательств маркет-мейкера по {1}",
    ),
)
