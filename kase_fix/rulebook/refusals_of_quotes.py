"""Refusals and endings that two-sided orders, quotes and indicative quotes have of their own."""

from kase_fix.rulebook.entry import Entry

TWO_SIDED_KIND = "two_sided_kind"
SPREAD_MISSING = "spread_missing"
MAY_NOT_QUOTE = "may_not_quote"
QUOTE_CROSSED = "quote_crossed"
TOO_MANY_ENTRIES = "too_many_entries"
QUOTE_WITHDRAWN = "quote_withdrawn"
NOTHING_INDICATED = "nothing_indicated"
COMMENT_TOO_LONG = "comment_too_long"
UNKNOWN_INDICATIVE = "unknown_indicative"
ANOTHERS_INDICATIVE = "anothers_indicative"

ENTRIES = (
    Entry(
        TWO_SIDED_KIND,
        27,
        11,
        "A two-sided order in {0} is a limit order that may rest and is addressed to nobody",
        "Двусторонняя заявка по {0} может быть только лимитированной, безадресной и не «исполнить немедленно»",
    ),
    Entry(
        SPREAD_MISSING,
        32,
        99,
        "A two-sided order needs a spread above zero",
        "В двусторонней заявке нет спреда больше нуля",
    ),
    Entry(MAY_NOT_QUOTE, 26, 99, "{0} may not quote {1}", "{0} не вправе объявлять котировки по {1}"),
    Entry(
        QUOTE_CROSSED,
        32,
        99,
        "The bid {0} is not below the offer {1}",
        "Цена покупки {0} в котировке не меньше цены продажи {1}",
    ),
    Entry(
        TOO_MANY_ENTRIES,
        99,
        99,
        "A mass quote of {0} entries: {1} are the most",
        "В сообщении котировок: {0}, допускается не более {1}",
    ),
    Entry(QUOTE_WITHDRAWN, 99, 99, "The quote was withdrawn or replaced", "Котировка снята или заменена"),
    Entry(
        NOTHING_INDICATED,
        32,
        99,
        "The indicative quote in {0} has no price",
        "В индикативной котировке по {0} нет ни одной цены",
    ),
    Entry(COMMENT_TOO_LONG, 99, 99, "A comment has at most {0} characters", "Длина комментария не более {0} знаков"),
    Entry(UNKNOWN_INDICATIVE, 99, 99, "There is no indicative quote {0}", "Индикативной котировки {0} нет"),
    Entry(
        ANOTHERS_INDICATIVE,
        25,
        99,
        "The indicative quote {0} is another member's",
        "Индикативная котировка {0} объявлена другим участником",
    ),
)
