"""The one catalogue of refusals: code, value in each dialect, text in English and Russian.

A `Refusal` in an event carries the code, the clause and what was found; here it gets its words. `next` is
OrdRejReason(103) of the NEXT dialect (domain.md, "Orders of the continuous counter auction"), `fix44` that of FIX 4.4,
`cancel` is CxlRejReason(102) of both. Texts are filled with what was found, in order, as {0}, {1}, ...
"""

from kase_fix.messages.order_state import Refusal
from kase_fix.rulebook import (
    refusals_of_corrections,
    refusals_of_depository,
    refusals_of_making,
    refusals_of_methods,
    refusals_of_protection,
    refusals_of_stops,
)
from kase_fix.rulebook.entry import Entry
from kase_fix.rulebook.refusals_of_quotes import ENTRIES as OF_QUOTES
from kase_fix.rulebook.russian_words import in_russian_words

UNKNOWN_INSTRUMENT = "unknown_instrument"
NOT_ADMITTED = "not_admitted"
NOT_A_PARTICIPANT = "not_a_participant"
WRONG_ACCOUNT = "wrong_account"
NO_RIGHT_ON_ACCOUNT = "no_right_on_account"
WRONG_ACCOUNT_MARKET = "wrong_account_market"
WRONG_BOARD = "wrong_board"
METHOD_NOT_ENABLED = "method_not_enabled"
KIND_NOT_ENABLED = "kind_not_enabled"
TIF_NOT_ENABLED = "tif_not_enabled"
WRONG_EXPIRATION = "wrong_expiration"
SESSION_CLOSED = "session_closed"
NOT_TRADED_TODAY = "not_traded_today"
ZERO_QUANTITY = "zero_quantity"
BELOW_MINIMUM = "below_minimum"
ABOVE_MAXIMUM = "above_maximum"
NOT_IN_LOTS = "not_in_lots"
DISPLAY_NOT_IN_LOTS = "display_not_in_lots"
PRICE_MISSING = "price_missing"
PRICE_NOT_WANTED = "price_not_wanted"
PRICE_OFF_GRID = "price_off_grid"
PRICE_NOT_POSITIVE = "price_not_positive"
PRICE_ABOVE_MAXIMUM = "price_above_maximum"
BEYOND_LIMIT = "beyond_limit"
NO_OPPONENTS = "no_opponents"
SELF_TRADE = "self_trade"
REST_OF_MARKET = "rest_of_market"
REST_OF_IOC = "rest_of_ioc"
FOK_NOT_FILLED = "fok_not_filled"
DUPLICATE_ORDER = "duplicate_order"
UNKNOWN_ORDER = "unknown_order"
TOO_LATE = "too_late"
CANNOT_CHANGE = "cannot_change"
DEFECT = "defect"
INSTRUMENT_SUSPENDED = "instrument_suspended"
MEMBER_SUSPENDED = "member_suspended"
TRADING_MOVED = "trading_moved"
FIRM_QUOTES_ONLY = "firm_quotes_only"
BEYOND_HARD_LIMIT = "beyond_hard_limit"
NEAR_LIMIT = "near_limit"
ONLY_LIMIT_BEFORE_SESSION = "only_limit_before_session"
PRICE_KIND_CHANGED = "price_kind_changed"
NOT_ENTITLED = "not_entitled"
WRONG_GROUND = "wrong_ground"
WRONG_TIME = "wrong_time"
REQUEST_TOO_LATE = "request_too_late"
UNKNOWN_NAME = "unknown_name"
DOCUMENT_MISSING = "document_missing"
NO_LIMIT = "no_limit"
BETWEEN_DAYS_ONLY = "between_days_only"
NOT_WIDER = "not_wider"

REQUESTED = "requested"
"""Why an order is cancelled whose user asked for it: no refusal, and no entry of the catalogue."""

CATALOGUE: dict[str, Entry] = {
    entry.code: entry
    for entry in (
        *refusals_of_methods.ENTRIES,
        *refusals_of_depository.ENTRIES,
        *refusals_of_protection.ENTRIES,
        *refusals_of_making.ENTRIES,
        *refusals_of_stops.ENTRIES,
        *refusals_of_corrections.ENTRIES,
        Entry(UNKNOWN_INSTRUMENT, 18, 1, "Unknown instrument {0}", "Неизвестный инструмент {0}"),
        Entry(NOT_ADMITTED, 26, 0, "{0} is not admitted to the market {1}", "{0} не допущен к рынку {1}"),
        Entry(
            NOT_A_PARTICIPANT,
            26,
            0,
            "{0} is no participant of the session {1}",
            "{0} не является участником торговой сессии {1}",
        ),
        Entry(WRONG_ACCOUNT, 22, 15, "Unknown account {0}", "Неизвестный счет {0}"),
        Entry(NO_RIGHT_ON_ACCOUNT, 23, 15, "No right to use the account {0}", "Нет права на использование счета {0}"),
        Entry(
            WRONG_ACCOUNT_MARKET,
            45,
            15,
            "Account {0} is not one of the market {1}",
            "Счет {0} не относится к рынку {1}",
        ),
        Entry(WRONG_BOARD, 19, 2, "{0} is not traded on the board {1}", "{0} не торгуется в режиме {1}"),
        Entry(
            METHOD_NOT_ENABLED,
            27,
            11,
            "{0} is not traded by the method {1}",
            "Торги по {0} методом {1} не проводятся",
        ),
        Entry(
            KIND_NOT_ENABLED,
            27,
            11,
            "Orders of the kind {0} are not accepted in {1}",
            "Заявки вида {0} по инструменту {1} не принимаются",
        ),
        Entry(
            TIF_NOT_ENABLED,
            33,
            11,
            "Time in force {0} is not accepted in {1}",
            "Срок действия {0} по инструменту {1} не принимается",
        ),
        Entry(WRONG_EXPIRATION, 33, 11, "Wrong date of expiry {0}", "Неверная дата окончания действия {0}"),
        Entry(
            SESSION_CLOSED,
            19,
            2,
            "Trading in {0} is closed; its session is {1}-{2}",
            "Торги по {0} закрыты; торговая сессия {1}-{2}",
            cancel=0,
        ),
        Entry(NOT_TRADED_TODAY, 19, 2, "{0} is not traded today", "Торги по {0} сегодня не проводятся"),
        Entry(ZERO_QUANTITY, 24, 13, "Quantity {0} is not positive", "Количество {0} не положительно"),
        Entry(
            BELOW_MINIMUM,
            29,
            13,
            "Quantity {0} is below the least {1} for a price {2} % from the last deal {3}",
            "Количество {0} меньше минимального {1} для цены, отклоняющейся на {2} % от последней сделки {3}",
        ),
        Entry(
            ABOVE_MAXIMUM, 30, 3, "Quantity {0} is above the greatest {1}", "Количество {0} больше максимального {1}"
        ),
        Entry(
            NOT_IN_LOTS,
            31,
            13,
            "Quantity {0} is no multiple of the lot {1}",
            "Количество {0} не кратно размеру лота {1}",
        ),
        Entry(
            DISPLAY_NOT_IN_LOTS,
            31,
            13,
            "Visible quantity {0} must be a multiple of the lot {1} and at most the order's {2}",
            "Видимое количество {0} должно быть кратно лоту {1} и не больше количества в заявке {2}",
        ),
        Entry(PRICE_MISSING, 32, 99, "A limit order needs a price", "В лимитированной заявке нет цены"),
        Entry(PRICE_NOT_WANTED, 32, 99, "A market order has no price", "В рыночной заявке не указывается цена"),
        Entry(
            PRICE_OFF_GRID,
            32,
            99,
            "Price {0} has more than {1} decimals",
            "Цена {0} имеет более {1} знаков после запятой",
        ),
        Entry(PRICE_NOT_POSITIVE, 32, 99, "Price {0} is not positive", "Цена {0} не положительна"),
        Entry(PRICE_ABOVE_MAXIMUM, 32, 99, "Price {0} is above the greatest {1}", "Цена {0} больше максимальной {1}"),
        Entry(
            BEYOND_LIMIT,
            34,
            16,
            "Price {0} reaches the limit of deviation of {1} % from the last deal {2}",
            "Цена {0} достигает лимита отклонения {1} % от цены последней сделки {2}",
        ),
        Entry(NO_OPPONENTS, 38, 99, "No counter orders in {0}", "Нет встречных заявок по {0}"),
        Entry(
            SELF_TRADE,
            43,
            99,
            "Stopped: the counter order is of the same account {0}",
            "Остановлено: встречная заявка с того же счета {0}",
        ),
        Entry(REST_OF_MARKET, 38, 99, "The rest of a market order is cancelled", "Остаток рыночной заявки снят"),
        Entry(
            REST_OF_IOC,
            38,
            99,
            "The rest of an immediate-or-cancel order is cancelled",
            "Остаток заявки «исполнить немедленно» снят",
        ),
        Entry(
            FOK_NOT_FILLED,
            38,
            99,
            "A fill-or-kill order cannot be filled whole",
            "Заявка «исполнить полностью или отклонить» не может быть исполнена целиком",
        ),
        Entry(
            DUPLICATE_ORDER,
            99,
            6,
            "ClOrdID {0} was used before",
            "Номер заявки {0} уже использован",
            cancel=6,
        ),
        Entry(UNKNOWN_ORDER, 99, 5, "Unknown order {0}", "Неизвестная заявка {0}", cancel=1),
        Entry(TOO_LATE, 99, 0, "Too late: order {0} is done", "Поздно: заявка {0} уже исполнена или снята", cancel=0),
        Entry(CANNOT_CHANGE, 99, 99, "{0} cannot be changed", "{0} изменить нельзя", cancel=2),
        Entry(DEFECT, 44, 99, "The exchange could not carry out {0}", "Биржа не смогла выполнить {0}"),
        Entry(INSTRUMENT_SUSPENDED, 40, 99, "Trading in {0} is suspended", "Торги по {0} приостановлены", cancel=0),
        Entry(
            MEMBER_SUSPENDED,
            25,
            99,
            "The member {0} is suspended from trading",
            "Участник торгов {0} отстранен от торгов",
        ),
        Entry(
            TRADING_MOVED,
            19,
            2,
            "Trading in the system is closed; it goes on at: {0}",
            "Торги в торговой системе не проводятся; место проведения торгов: {0}",
        ),
        Entry(
            FIRM_QUOTES_ONLY,
            38,
            99,
            "In the session {0} deals are done only on firm quotes of {1}",
            "В сессии {0} сделки заключаются только по твердым котировкам {1}",
        ),
        Entry(
            BEYOND_HARD_LIMIT,
            34,
            16,
            "Price {0} reaches the hard limit of deviation of {1} % from {2}",
            "Цена {0} достигает жесткого лимита отклонения {1} % от {2}",
        ),
        Entry(
            NEAR_LIMIT,
            34,
            16,
            "Warning: price {0} reaches the warning limit of {1} % from {2}",
            "Предупреждение: цена {0} достигает предупредительного лимита {1} % от {2}",
        ),
        Entry(
            ONLY_LIMIT_BEFORE_SESSION,
            27,
            11,
            "Before its session only limit orders of the day or of several days are accepted in {0}",
            "До начала торговой сессии по {0} принимаются только лимитированные заявки на день или на несколько дней",
        ),
        Entry(
            PRICE_KIND_CHANGED,
            99,
            99,
            "The kind of price or the parameters of {0} change; daily preliminary orders in it end",
            "Вид цены или параметры {0} изменяются; ежедневное формирование предварительных заявок прекращено",
        ),
        Entry(NOT_ENTITLED, 99, 99, "The {0} may not decide this", "{0} не вправе принять это решение"),
        Entry(WRONG_GROUND, 99, 99, "{0} is no ground for this; {1} are", "{0} не является основанием; основания: {1}"),
        Entry(WRONG_TIME, 99, 99, "The time {0} is not possible: {1}", "Время {0} невозможно: {1}"),
        Entry(
            REQUEST_TOO_LATE,
            99,
            99,
            "The request of {0} came less than {1} minutes before the end of the session",
            "Просьба поступила в {0}, менее чем за {1} минут до окончания торговой сессии",
        ),
        Entry(UNKNOWN_NAME, 99, 99, "There is no {0} {1}", "Не найдено: {0} {1}"),
        Entry(DOCUMENT_MISSING, 99, 99, "The number of the document is needed", "Необходим номер документа"),
        Entry(NO_LIMIT, 99, 99, "{0} has no overridable limit", "По {0} преодолимый лимит не установлен"),
        Entry(
            NOT_WIDER, 99, 99, "A limit of {0} is no wider than the present {1}", "Лимит {0} не шире действующего {1}"
        ),
        Entry(
            BETWEEN_DAYS_ONLY,
            99,
            99,
            "The parameters of {0} change only while it does not trade",
            "Параметры {0} изменяются только вне торговой сессии",
        ),
        *OF_QUOTES,
    )
}


def english(refusal: Refusal) -> str:
    """Return the text for Text(58): what, why, and which clause."""
    return _worded(CATALOGUE[refusal.code].english, refusal)


def russian(refusal: Refusal) -> str:
    """Return the text for EncodedText(355)."""
    return _worded(CATALOGUE[refusal.code].russian, refusal, russian=True)


def _worded(template: str, refusal: Refusal, russian: bool = False) -> str:
    text = template.format(*(map(in_russian_words, refusal.found) if russian else refusal.found))
    if not refusal.clause:
        return text
    clause = refusal.clause
    if russian:
        clause = in_russian(clause)
    return f"{text} ({clause})"


def in_russian(clause: str) -> str:
    """Return a clause's number as Russian texts write it."""
    return clause.replace("art.", "ст.").replace("sp.", "пп.").replace("p.", "п.").replace("annex", "прил.")
