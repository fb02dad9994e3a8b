"""Quotes of FIX44 as commands: MassQuote(i), Quote(S), QuoteCancel(Z) (R-161)."""

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.fix_text import SOH, Fields
from kase_fix.gateway.dialect.problems import SessionReason, conditionally_missing, unread, wrong
from kase_fix.messages.quotes import CancelQuotes, MassQuote, QuoteEntry, QuoteScope
from kase_fix.values.numbers import Quantity

EACH = 2
"""QuoteResponseLevel(301) where there is none: every quote is answered."""
INDICATIVE = "0"
"""QuoteType(537)."""
_OF_THE_MESSAGE = (34, 35, 293, 294)
"""What problems of an entry are told with, and the sizes an entry may leave to the message."""


def mass_quote(fields: Fields, user: str) -> MassQuote:
    """Read MassQuote(i). Raises `Unreadable`: 380=5 where a price has no size, 380=3 for what is not done here."""
    name = _tradeable(fields)
    account = reading.required(fields, 1)
    entries = []
    set_id = ""
    for tag, group in _groups(fields):
        if tag == 302:
            set_id = group.get(302, "")
            _without_validity(group)
        else:
            entries.append(_entry(group, set_id))
    if not entries:
        raise wrong(fields, 295, SessionReason.TAG_MISSING, "A mass quote has at least one entry")
    return MassQuote(user, name, account, tuple(entries), _level(fields), False, reading.poss_resend(fields))


def quote(fields: Fields, user: str) -> MassQuote:
    """Read Quote(S): a mass quote of one entry, answered by AI. Raises as `mass_quote`."""
    name = _tradeable(fields)
    account = reading.required(fields, 1)
    entry = _entry(fields, "")
    return MassQuote(user, name, account, (entry,), _level(fields), True, reading.poss_resend(fields))


def quote_cancel(fields: Fields, user: str) -> CancelQuotes:
    """Read QuoteCancel(Z): 298 is 1 (instruments, 295/55) or 4 (all). Raises `Unreadable`: 380=5 without a 55."""
    name = reading.required(fields, 117)
    scope = reading.one_of(fields, 298, tuple(QuoteScope))
    symbols = tuple(dict.fromkeys(fields.every(55))) if scope is QuoteScope.INSTRUMENTS else ()
    if scope is QuoteScope.INSTRUMENTS and not symbols:
        raise conditionally_missing(fields, "With QuoteCancelType(298)=1 there must be tag 55", name)
    return CancelQuotes(user, name, scope, symbols, fields.get(336, ""), fields.get(1, ""), _level(fields))


def _tradeable(fields: Fields) -> str:
    """Return QuoteID(117) of a quote that binds."""
    name = reading.required(fields, 117)
    if fields.get(537) == INDICATIVE:
        raise unread(fields, "QuoteType(537)=0: indicative quotes are not taken in this dialect", name)
    _without_validity(fields)
    return name


def _without_validity(fields: Fields) -> None:
    """Refuse an end of its own: it would be believed, and a quote holds until it is withdrawn (R-4)."""
    if fields.get(62) or fields.get(367):
        text = "ValidUntilTime(62, 367): a quote holds until it is withdrawn, or its session ends"
        raise unread(fields, text, fields.get(117, ""))


def _entry(fields: Fields, set_id: str) -> QuoteEntry:
    _without_validity(fields)
    return QuoteEntry(
        set_id,
        fields.get(299, ""),
        reading.required(fields, 55),
        fields.get(336, ""),
        reading.price(fields, 132),
        _size(fields, 134, 293, 132),
        reading.price(fields, 133),
        _size(fields, 135, 294, 133),
    )


def _size(fields: Fields, own: int, default: int, price: int) -> Quantity:
    """Return a side's size: its own, or that of the message; without a price none means that it is withdrawn."""
    found = reading.quantity(fields, own)
    if found is None and price in fields:
        found = reading.quantity(fields, default)
        if found is None:
            text = f"With tag {price} there must be tag {own} or {default}"
            raise conditionally_missing(fields, text, fields.get(299, ""))
    return found or 0


def _level(fields: Fields) -> int:
    return reading.number(fields, 301, EACH, EACH)


def _groups(fields: Fields) -> list[tuple[int, Fields]]:
    """Return the parts of a mass quote that begin with QuoteSetID(302) or QuoteEntryID(299), in order."""
    of_message = [f"{tag}={fields[tag]}" for tag in _OF_THE_MESSAGE if tag in fields]
    parts: list[tuple[int, list[str]]] = []
    for part in fields.text.split(SOH):
        tag = part.partition("=")[0]
        if tag in ("302", "299"):
            parts.append((int(tag), []))
        if parts:
            parts[-1][1].append(part)
    return [(tag, Fields(SOH.join((*inside, *of_message)))) for tag, inside in parts]
