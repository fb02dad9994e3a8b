"""From the words of a line to tags and wire values, by the dictionary of the actor's dialect."""

import datetime as dt
import re

from kase_fix.scenario.dictionary import Dictionary
from kase_fix.scenario.scan import Pair, Token, Unreadable, Word
from kase_fix.scenario.story import Absent, Action, AnyValue, Capture, Entries, Fields, Literal, Value

SOH = "\x01"
_SPAN = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def read_fields(pairs: list[Pair], dictionary: Dictionary) -> Fields:
    """Return the fields in the order of the line. Raises `UnknownName`."""
    fields: list[tuple[int, Value]] = []
    for pair in pairs:
        tag = dictionary.field(pair.name)
        if isinstance(pair.value, list):
            entries = tuple(read_fields(entry, dictionary) for entry in pair.value)
            fields.append((tag, Entries(entries)))
        else:
            fields.append((tag, _value(tag, pair.value, dictionary)))
    return tuple(fields)


def _value(tag: int, word: Word, dictionary: Dictionary) -> Value:
    if word.quoted:
        return Literal(word.text, exact=True)
    if word.text == "*":
        return AnyValue()
    if word.text == "-":
        return Absent()
    if word.text.startswith("?") and len(word.text) > 1:
        return Capture(word.text[1:])
    return Literal(dictionary.value(tag, word.text))


def pairs_only(tokens: list[Token]) -> list[Pair]:
    """Return the pairs of a line on which nothing else may stand. Raises `Unreadable`."""
    for token in tokens:
        if isinstance(token, Word):
            raise Unreadable(f"field=value was expected, not {token.text!r}")
    return [token for token in tokens if isinstance(token, Pair)]


def words_only(tokens: list[Token]) -> list[str]:
    """Return the words of a line on which nothing else may stand. Raises `Unreadable`."""
    for token in tokens:
        if isinstance(token, Pair):
            raise Unreadable(f"{token.name}=... has no place here")
    return [token.text for token in tokens if isinstance(token, Word)]


def one_word(tokens: list[Token]) -> str:
    """Return the only word of a line. Raises `Unreadable`."""
    words = words_only(tokens)
    if len(words) != 1:
        raise Unreadable("one word was expected here")
    return words[0]


def bare(tokens: list[Token], action: Action) -> Action:
    """Return the action if nothing follows its name. Raises `Unreadable`."""
    if tokens:
        raise Unreadable("nothing may follow here")
    return action


def settings(tokens: list[Token]) -> tuple[tuple[str, str], ...]:
    """Return `key=value` pairs as text. Raises `Unreadable`."""
    found = []
    for pair in pairs_only(tokens):
        if isinstance(pair.value, list):
            raise Unreadable(f"{pair.name} has no groups")
        found.append((pair.name, pair.value.text))
    return tuple(found)


def read_span(text: str) -> float:
    """Return the seconds in `300ms`, `2s`, `10m`, `1h30m`, `1d`. Raises `Unreadable`."""
    if not text or _SPAN.sub("", text):
        raise Unreadable(f"{text!r} is no span of time (300ms, 2s, 10m, 1h30m)")
    return sum(float(number) * _SECONDS[unit] for number, unit in _SPAN.findall(text))


def read_time(text: str) -> dt.time:
    """Return the time of day in `17:00`, `17:00:00` or `17:00:00.500`. Raises `Unreadable`."""
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{text!r} is no time of day") from None


def read_date(text: str) -> dt.date:
    """Return the date in `2020-05-27`. Raises `Unreadable`."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{text!r} is no date") from None


def raw_bytes(text: str, sent_at: str) -> bytes:
    """Return the bytes of a raw message: `|` is SOH, `9=*` and `10=*` are computed, all else stays as written.

    `52=*` is `sent_at`.
    """
    parts = [f"52={sent_at}" if part == "52=*" else part for part in text.split("|")]
    if "9=*" in parts:
        place = parts.index("9=*")
        end = next((index for index, part in enumerate(parts) if part.startswith("10=")), len(parts))
        body = SOH.join(parts[place + 1 : end]).encode() + (SOH.encode() if end > place + 1 else b"")
        parts[place] = f"9={len(body)}"
    if "10=*" in parts:
        place = parts.index("10=*")
        covered = (SOH.join(parts[:place]) + SOH).encode()
        parts[place] = f"10={sum(covered) % 256:03d}"
    return SOH.join(parts).encode()
