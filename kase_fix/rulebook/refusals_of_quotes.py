"""Refusals and endings that two-sided orders, quotes and indicative quotes have of their own."""

from kase_fix.rulebook.entry import Entry

TWO_SIDED_KIND = "two_sided_kind"
SPREAD_MISSING = "spread_missing"

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
)
