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
CONTROL_CLOSED = "control_closed"
METHODS_CHANGED = "methods_changed"
NOT_ENOUGH_MONEY = "not_enough_money"
NOT_ENOUGH_SECURITIES = "not_enough_securities"
ONLY_WITHDRAWN = "only_withdrawn"
NOT_THE_CALLED_PRICE = "not_the_called_price"
SURPLUS_GROWS = "surplus_grows"
NOT_FIXED = "not_fixed"
FIXING_RUNS = "fixing_runs"
NO_FIXING = "no_fixing"
PRICE_CALLED_ALREADY = "price_called_already"
SURPLUS_TOLD_ALREADY = "surplus_told_already"

NO_SPECIALISED = "no_specialised"
NOT_ACCEPTING = "not_accepting"
SIDE_NOT_ENABLED = "side_not_enabled"
CUT_OFF_TOO_EARLY = "cut_off_too_early"
ABOVE_DECLARED = "above_declared"
WORSE_THAN_RESERVE = "worse_than_reserve"
NO_PRICE_OF_YIELD = "no_price_of_yield"
NOT_CONFIRMED = "not_confirmed"
CONFIRMATION_REFUSED = "confirmation_refused"
NOT_WAITING = "not_waiting"
NOT_SATISFIED = "not_satisfied"
SPECIALISED_FAILED = "specialised_failed"
DECLARED_FAILED = "declared_failed"
NOTHING_DECIDED = "nothing_decided"
SPECIALISED_RUNS = "specialised_runs"
WRONG_TERMS = "wrong_terms"
OPENED_BY_INITIATOR = "opened_by_initiator"

ENTRIES = (
    Entry(
        NO_SPECIALISED,
        19,
        2,
        "No specialised trading in {0} is open on the board {1}",
        "Специализированные торги по {0} в режиме {1} не открыты",
        cancel=0,
    ),
    Entry(
        NOT_ACCEPTING,
        19,
        2,
        "Orders in the specialised trading of {0} are taken, changed and withdrawn from {1} to {2}",
        "Заявки в специализированных торгах по {0} принимаются, изменяются и отзываются с {1} до {2}",
        cancel=0,
    ),
    Entry(
        SIDE_NOT_ENABLED,
        28,
        99,
        "{0} may not enter such orders in the specialised trading of {1}",
        "{0} не вправе подавать такие заявки в специализированных торгах по {1}",
    ),
    Entry(
        CUT_OFF_TOO_EARLY,
        19,
        2,
        "The cut-off price of {0} is set when acceptance and confirmation of orders are over",
        "Цена отсечения по {0} устанавливается после окончания приема и подтверждения заявок",
    ),
    Entry(
        ABOVE_DECLARED,
        30,
        3,
        "Quantity {0} is above the declared volume {1}",
        "Количество {0} больше объявленного объема {1}",
    ),
    Entry(
        WORSE_THAN_RESERVE,
        32,
        99,
        "The cut-off price {0} is worse than the initiator's reserve",
        "Цена отсечения {0} хуже предельной цены инициатора",
    ),
    Entry(NO_PRICE_OF_YIELD, 32, 99, "A yield of {0} gives no price of {1}", "Доходность {0} не дает цены по {1}"),
    Entry(
        NOT_CONFIRMED,
        99,
        99,
        "The order of the account {0} was not confirmed in time",
        "Заявка со счета {0} не подтверждена в срок",
    ),
    Entry(
        CONFIRMATION_REFUSED,
        99,
        99,
        "The confirmation of the order of the account {0} was refused",
        "В подтверждении заявки со счета {0} отказано",
    ),
    Entry(
        NOT_WAITING,
        99,
        99,
        "Order {0} does not wait for a confirmation",
        "Заявка {0} не ожидает подтверждения",
    ),
    Entry(
        NOT_SATISFIED,
        38,
        99,
        "Not satisfied in the specialised trading",
        "Не удовлетворена в специализированных торгах",
    ),
    Entry(
        SPECIALISED_FAILED,
        38,
        99,
        "The specialised trading has failed",
        "Специализированные торги признаны несостоявшимися",
    ),
    Entry(
        DECLARED_FAILED,
        38,
        99,
        "The initiator has declared the specialised trading failed",
        "Инициатор признал специализированные торги несостоявшимися",
    ),
    Entry(
        NOTHING_DECIDED,
        38,
        99,
        "No cut-off price was set by the end of the operational day",
        "До конца операционного дня цена отсечения не установлена",
    ),
    Entry(
        SPECIALISED_RUNS,
        99,
        99,
        "A specialised trading in {0} is open already",
        "Специализированные торги по {0} уже открыты",
    ),
    Entry(WRONG_TERMS, 99, 99, "The term {0} is not possible: {1}", "Условие {0} невозможно: {1}"),
    Entry(
        OPENED_BY_INITIATOR,
        99,
        99,
        "The board {0} opens only for a specialised trading, on its initiator's terms",
        "Режим {0} открывается только для специализированных торгов на условиях их инициатора",
    ),
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
    Entry(
        METHODS_CHANGED,
        27,
        99,
        "{0} is not traded by this method any more",
        "Торги по {0} этим методом больше не проводятся",
    ),
    Entry(
        CONTROL_CLOSED,
        99,
        99,
        "The control and confirmation system is closed; {0} cannot be confirmed now",
        "Система контроля и обеспечения не работает; подтвердить {0} сейчас нельзя",
    ),
    Entry(
        NOT_ENOUGH_MONEY,
        20,
        3,
        "The account {0} has {1} {2} free, the order needs {3}",
        "На счете {0} свободно {1} {2}, для заявки необходимо {3}",
    ),
    Entry(
        NOT_ENOUGH_SECURITIES,
        21,
        3,
        "The account {0} has {1} of {2} free, the order needs {3}",
        "На счете {0} свободно {1} {2}, для заявки необходимо {3}",
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
