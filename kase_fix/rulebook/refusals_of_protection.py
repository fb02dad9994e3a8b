"""Refusals and endings that mass cancels, absences and limits of a user have of their own."""

from kase_fix.rulebook.entry import Entry

NO_SUCH_PARTY = "no_such_party"
UNKNOWN_BOARD = "unknown_board"
WITHDRAWN_BY = "withdrawn_by"
WITHDRAWN_BY_EXCHANGE = "withdrawn_by_exchange"
SESSION_LOST = "session_lost"
USER_QUANTITY = "user_quantity"
USER_VALUE = "user_value"
USER_ORDERS = "user_orders"

ENTRIES = (
    Entry(NO_SUCH_PARTY, 25, 99, "There is no {0} in your firm", "В вашей организации нет {0}"),
    Entry(UNKNOWN_BOARD, 19, 2, "There is no board {0}", "Режима торгов {0} нет"),
    Entry(WITHDRAWN_BY, 99, 99, "Withdrawn by {0} of the same firm", "Снята пользователем {0} той же организации"),
    Entry(WITHDRAWN_BY_EXCHANGE, 99, 99, "Withdrawn by the exchange", "Снята биржей"),
    Entry(SESSION_LOST, 99, 99, "Withdrawn: the session of {0} has ended", "Снята: сеанс связи {0} завершен"),
    Entry(
        USER_QUANTITY,
        30,
        3,
        "Quantity {0} is above the limit {1} of {2}",
        "Количество {0} больше лимита {1}, установленного для {2}",
    ),
    Entry(
        USER_VALUE,
        36,
        3,
        "The order's value {0} KZT is above the limit {1} of {2}",
        "Сумма заявки {0} KZT больше лимита {1}, установленного для {2}",
    ),
    Entry(
        USER_ORDERS,
        37,
        3,
        "{0} has {1} living orders, as many as the limit allows",
        "У {0} действующих заявок: {1}, больше лимит не допускает",
    ),
)
