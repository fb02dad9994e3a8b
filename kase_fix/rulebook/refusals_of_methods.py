"""Refusals that direct deals, specialised trading and fixing have of their own; `refusals.CATALOGUE` has them all."""

from kase_fix.rulebook.entry import Entry

COUNTERPARTY_MISSING = "counterparty_missing"
UNKNOWN_COUNTERPARTY = "unknown_counterparty"
COUNTERPARTY_REFUSED = "counterparty_refused"
REPEAT_NOT_ALLOWED = "repeat_not_allowed"
NOTHING_TO_REPEAT = "nothing_to_repeat"
REPEAT_DIFFERS = "repeat_differs"

ENTRIES = (
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
