"""Words of ours that stand inside what a refusal found, in Russian: its texts are filled with them (`refusals`)."""

import re

WORDS = {
    "chairman": "Председатель Правления",
    "deputy_chairman": "заместитель Председателя Правления",
    "board_member": "член Правления",
    "makler": "маклер",
    "administrator": "администратор",
    "nobody": "неизвестное лицо",
    "nothing": "ничто",
    "instrument": "инструмент",
    "instrument or board": "инструмент или режим",
    "member": "участник торгов",
    "user": "пользователь",
    "initiator": "инициатор",
    "board": "режим",
    "group or board": "группа или режим",
    "method": "метод торгов",
    "service": "служба",
    "order": "заявка",
    "request": "запрос",
    "application": "заявление",
    "kind of price": "вид цены",
    "parameter of the instrument:": "параметр инструмента:",
    "free number of such a form:": "свободный номер такой формы:",
    "specialised trading in": "специализированные торги по",
    "specialised trading of": "специализированные торги",
    "deal of the day": "сделка текущего дня",
    "unsettled deal that may be repeated": "неисполненная сделка, которую можно повторить",
    "market share": "доля рынка",
    "clean": "чистая цена",
    "dirty": "грязная цена",
    "yield": "доходность",
    "balances": "остатки",
    "close": "закрытие дня",
    "today's are in": "сегодняшние уже получены",
    "it ends before it begins": "оно заканчивается раньше, чем начинается",
    "trading has begun; it can be suspended": "торги начались, их можно приостановить",
    "it is past": "оно прошло",
    "it is in the future": "оно еще не наступило",
    "it is not of today": "оно не относится к сегодняшнему дню",
    "no operational day is open": "операционный день не открыт",
    "it lies between 0 and 100 %": "она лежит между 0 и 100 %",
    "acceptance ends before it begins": "прием заявок заканчивается раньше, чем начинается",
    "only a subscription takes orders for several days": "несколько дней заявки принимаются только при подписке",
}
PHRASES = tuple(
    (re.compile(english), russian)
    for english, russian in (
        (r"(chairman|deputy_chairman|board_member|makler|administrator) (.+)", r"{0} {1}"),
        (r"it ends at (\S+) and can be prolonged", r"он заканчивается в {0} и может быть только продлен"),
        (r"trading ends at (\S+) and can be prolonged", r"торги заканчиваются в {0} и могут быть только продлены"),
        (r"trading ends at (\S+)", r"торги заканчиваются в {0}"),
        (r"the operational day ends at (\S+)", r"операционный день заканчивается в {0}"),
        (r"the trading day of the group is (\S+)", r"торговый день группы: {0}"),
        (r"the day ends at (\S+), confirmation before it", r"день заканчивается в {0}, подтверждение раньше"),
        (r"(\S+) trades until (\S+)", r"торги в режиме {0} до {1}"),
        (r"(\S+) trades in money prices", r"{0} торгуется в деньгах"),
        (r"(\S+) trades in clean prices", r"{0} торгуется по чистой цене"),
        (r"(\S+) trades in dirty prices", r"{0} торгуется по грязной цене"),
        (r"(\S+) has no yield", r"доходность {0} не определяется"),
        (r"(\S+) on (?:the board )?(\S+)", r"{0}, режим {1}"),
    )
)


def in_russian_words(found: str) -> str:
    """Return what was found in Russian where it is words of ours; names, numbers and times stay as they are."""
    if found in WORDS:
        return WORDS[found]
    for english, russian in PHRASES:
        if said := english.fullmatch(found):
            return russian.format(*(WORDS.get(part, part) for part in said.groups()))
    return found
