"""Refusals of decisions that cancel or correct deals (R-165 to R-169); `refusals.CATALOGUE` has them all."""

from kase_fix.rulebook.entry import Entry

PART_OF_A_DEAL = "part_of_a_deal"
DEAL_BUSTED = "deal_busted"
DEAL_NOT_EXECUTED = "deal_not_executed"
DEAL_OF_ANOTHER_DAY = "deal_of_another_day"
DEAL_FINAL = "deal_final"
DEAL_OF_AUCTION = "deal_of_auction"
REPO_PROLONGED = "repo_prolonged"
OTHER_KIND_OF_PRICE = "other_kind_of_price"
NOTHING_CORRECTED = "nothing_corrected"
QUANTITY_NOT_LESS = "quantity_not_less"
REASON_MISSING = "reason_missing"

ENTRIES = (
    Entry(
        PART_OF_A_DEAL,
        99,
        99,
        "{0} is a part of the deal {1}, which is cancelled or corrected as a whole",
        "{0} является частью сделки {1}, которая отменяется или исправляется только целиком",
    ),
    Entry(DEAL_BUSTED, 99, 99, "The deal {0} is cancelled already", "Сделка {0} уже отменена"),
    Entry(
        DEAL_NOT_EXECUTED,
        99,
        99,
        "The deal {0} is not executed: nothing of it is left to cancel or correct",
        "Сделка {0} не исполнена, отменять или исправлять в ней нечего",
    ),
    Entry(
        DEAL_OF_ANOTHER_DAY,
        99,
        99,
        "The deal {0} was done on a day before: only deals of the operational day are cancelled or corrected",
        "Сделка {0} заключена в один из предыдущих дней; отменяются и исправляются только сделки текущего "
        "операционного дня",
    ),
    Entry(
        DEAL_FINAL,
        99,
        99,
        "Deals in {0} are cancelled and corrected until {1}",
        "Сделки по {0} отменяются и исправляются до {1}",
    ),
    Entry(
        DEAL_OF_AUCTION,
        99,
        99,
        "The deal {0} is one of a specialised trading, whose result stands as a whole",
        "Сделка {0} заключена в специализированных торгах, итог которых не изменяется по частям",
    ),
    Entry(
        REPO_PROLONGED,
        99,
        99,
        "The repo of the deal {0} was prolonged: it can be cancelled, not corrected",
        "Репо по сделке {0} продлено, его можно отменить, но не исправить",
    ),
    Entry(
        OTHER_KIND_OF_PRICE,
        99,
        99,
        "The deal {0} was done in another kind of price than {1} trades in now: it can be cancelled, not corrected",
        "Сделка {0} заключена в другом виде цены, чем тот, в котором теперь торгуется {1}; ее можно отменить, "
        "но не исправить",
    ),
    Entry(NOTHING_CORRECTED, 99, 99, "The deal {0} is so already", "Сделка {0} уже имеет такие параметры"),
    Entry(
        QUANTITY_NOT_LESS,
        99,
        99,
        "A deal's quantity is only lessened: {0} are dealt, {1} asked for",
        "Количество в сделке только уменьшается: заключена на {0}, указано {1}",
    ),
    Entry(REASON_MISSING, 99, 99, "A reason is needed", "Необходимо указать причину"),
)
