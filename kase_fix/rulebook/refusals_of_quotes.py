"""Refusals and endings that two-sided orders, quotes and indicative quotes have of their own."""

from kase_fix.rulebook.entry import Entry

TWO_SIDED_KIND = "two_sided_kind"
SPREAD_MISSING = "spread_missing"
MAY_NOT_QUOTE = "may_not_quote"
QUOTE_CROSSED = "quote_crossed"
TOO_MANY_ENTRIES = "too_many_entries"
QUOTE_WITHDRAWN = "quote_withdrawn"

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
)
