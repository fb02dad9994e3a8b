"""Refusals that direct deals, specialised trading and fixing have of their own; `refusals.CATALOGUE` has them all."""

from kase_fix.rulebook.entry import Entry

COUNTERPARTY_MISSING = "counterparty_missing"
UNKNOWN_COUNTERPARTY = "unknown_counterparty"
COUNTERPARTY_REFUSED = "counterparty_refused"
REPEAT_NOT_ALLOWED = "repeat_not_allowed"
NOTHING_TO_REPEAT = "nothing_to_repeat"
REPEAT_DIFFERS = "repeat_differs"
NO_BASE_PRICE = "no_base_price"
NO_COLLATERAL_PRICE = "no_collateral_price"
COUPON_UNKNOWN = "coupon_unknown"
LEG_PRICE_WRONG = "leg_price_wrong"
WRONG_CLOSING = "wrong_closing"
NO_OPEN_REPO = "no_open_repo"
ONLY_WITHDRAWN = "only_withdrawn"
NOT_THE_CALLED_PRICE = "not_the_called_price"
SURPLUS_GROWS = "surplus_grows"
NOT_FIXED = "not_fixed"
FIXING_RUNS = "fixing_runs"
NO_FIXING = "no_fixing"
PRICE_CALLED_ALREADY = "price_called_already"
SURPLUS_TOLD_ALREADY = "surplus_told_already"

ENTRIES = (
    Entry(
        ONLY_WITHDRAWN,
        19,
        2,
        "While {0} is in fixing an order that is not of the present round can only be withdrawn",
        "Во время фиксинга по {0} заявка не текущего раунда может быть только отозвана",
    ),
    Entry(
        NOT_THE_CALLED_PRICE,
        32,
        99,
        "The price {0} is not the called one, {1}",
        "Цена {0} отличается от объявленной, {1}",
    ),
    Entry(
        SURPLUS_GROWS,
        99,
        99,
        "The surplus of the round would grow from {0} to {1}",
        "Излишек раунда увеличился бы с {0} до {1}",
    ),
    Entry(NOT_FIXED, 38, 99, "The fixing of {0} is over", "Фиксинг по {0} завершен"),
    Entry(FIXING_RUNS, 99, 99, "{0} is in fixing already", "По {0} уже проводится фиксинг"),
    Entry(NO_FIXING, 99, 99, "{0} is not in fixing", "По {0} фиксинг не проводится"),
    Entry(PRICE_CALLED_ALREADY, 99, 99, "The price {0} is called already", "Цена {0} уже объявлена"),
    Entry(
        SURPLUS_TOLD_ALREADY,
        99,
        99,
        "The surplus of round {0} is announced already",
        "Излишек раунда {0} уже объявлен",
    ),
    Entry(
        COUNTERPARTY_MISSING,
        25,
        99,
        "An order on the board {0} names its counterparty",
        "В заявке в режиме {0} указывается контрагент",
    ),
    Entry(
        UNKNOWN_COUNTERPARTY,
        25,
        99,
        "The counterparty {0} is no member that trades {1}",
        "Контрагент {0} не является участником торгов по {1}",
    ),
    Entry(
        NO_BASE_PRICE,
        42,
        99,
        "{0} cannot be computed: there is no price of {1}",
        "Невозможно рассчитать {0}: нет цены {1}",
    ),
    Entry(
        NO_COLLATERAL_PRICE,
        42,
        99,
        "{0} cannot be computed: {1} has no collateral price today",
        "Невозможно рассчитать {0}: по {1} сегодня нет залоговой цены",
    ),
    Entry(
        COUPON_UNKNOWN,
        99,
        99,
        "{0} cannot be dealt in: the coupon of the present period is not known",
        "Сделки по {0} невозможны: не известен купон текущего периода",
    ),
    Entry(
        LEG_PRICE_WRONG,
        32,
        99,
        "At {1} % the closing price of {0} would not be positive",
        "При {1} % цена закрытия {0} не была бы положительной",
    ),
    Entry(
        WRONG_CLOSING,
        33,
        99,
        "A direct repo closes after {0}, at a positive price with at most {1} decimals",
        "Прямое репо закрывается после {0} по положительной цене, не более {1} знаков после запятой",
    ),
    Entry(
        NO_OPEN_REPO,
        99,
        5,
        "There is no open direct repo {0} of these parties and terms to be prolonged",
        "Нет открытого прямого репо {0} этих сторон на этих условиях, которое можно продлить",
    ),
    Entry(COUNTERPARTY_REFUSED, 38, 99, "The counterparty {0} has refused", "Контрагент {0} отказался"),
    Entry(
        REPEAT_NOT_ALLOWED,
        19,
        2,
        "Deals in {0} are repeated from the end of the session to the end of the control system, {1}-{2}",
        "Повторные сделки по {0} заключаются с окончания торговой сессии до окончания работы системы контроля, {1}-{2}",
    ),
    Entry(
        NOTHING_TO_REPEAT,
        99,
        5,
        "There is no failed deal {0} of yours to be repeated",
        "Нет неисполненной сделки {0}, которую можно повторить",
    ),
    Entry(
        REPEAT_DIFFERS,
        99,
        99,
        "A repeated deal has the terms of deal {0}: {1}",
        "Повторная сделка заключается на условиях сделки {0}: {1}",
    ),
)
