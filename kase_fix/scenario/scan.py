"""A line of a script cut into words and `name=value` pairs; nothing here knows what they mean."""

import re
from typing import NamedTuple, TypeAlias


class Word(NamedTuple):
    """A word, or a text in quotes."""

    text: str
    quoted: bool = False


class Pair(NamedTuple):
    """`name=value`; the value of a group is a list of its entries."""

    name: str
    value: "Word | list[list[Pair]]"


Token: TypeAlias = Word | Pair


class Unreadable(ValueError):
    """The line cannot be cut into words."""


_CLAUSE = re.compile(r"\b(?:art\. ?\d|annex \d|terms p\. ?\d|R-\d).*$", re.IGNORECASE)
_BARE = re.compile(r"[^\s=\"{}\[\],]+")
_VALUE = re.compile(r"[^\s\"]*")
_VALUE_IN_GROUP = re.compile(r"[^\s\",{}\[\]]*")
_BLANK = re.compile(r"[\s,]*")


def split_comment(line: str) -> tuple[str, str]:
    """Return the line and its comment: from a `#` outside quotes at the start or behind a blank."""
    quoted = False
    for position, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "#" and not quoted and (position == 0 or line[position - 1].isspace()):
            return line[:position].rstrip(), line[position + 1 :].strip()
    return line.rstrip(), ""


def clause_in(comment: str) -> tuple[str, str]:
    """Return a comment's words and the clause at its end."""
    found = _CLAUSE.search(comment)
    return (comment, "") if found is None else (comment[: found.start()].strip(), found.group().strip())


def scan(text: str) -> list[Token]:
    """Return the words and pairs of a line without its comment. Raises `Unreadable`."""
    tokens, position = _scan(text, 0, in_group=False)
    if position < len(text):
        raise Unreadable(f"what does {text[position:].strip()!r} mean here?")
    return tokens


def _scan(text: str, position: int, *, in_group: bool) -> tuple[list[Token], int]:
    tokens: list[Token] = []
    while True:
        position = _skip(text, position, in_group=in_group)
        if position >= len(text) or (in_group and text[position] == "}"):
            return tokens, position
        if text[position] == '"':
            word, position = _quoted(text, position)
            tokens.append(word)
            continue
        bare = _BARE.match(text, position)
        if bare is None:
            return tokens, position
        position = bare.end()
        if position < len(text) and text[position] == "=":
            value, position = _value(text, position + 1, in_group=in_group)
            tokens.append(Pair(bare.group(), value))
        else:
            tokens.append(Word(bare.group()))


def _skip(text: str, position: int, *, in_group: bool) -> int:
    if in_group:
        blank = _BLANK.match(text, position)
        return blank.end() if blank else position
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _quoted(text: str, position: int) -> tuple[Word, int]:
    end = text.find('"', position + 1)
    if end < 0:
        raise Unreadable("a quotation mark is not closed")
    return Word(text[position + 1 : end], quoted=True), end + 1


def _value(text: str, position: int, *, in_group: bool) -> tuple[Word | list[list[Pair]], int]:
    if position < len(text) and text[position] == '"':
        return _quoted(text, position)
    if position < len(text) and text[position] == "[":
        return _entries(text, position + 1)
    bare = (_VALUE_IN_GROUP if in_group else _VALUE).match(text, position)
    return Word(bare.group() if bare else ""), bare.end() if bare else position


def _entries(text: str, position: int) -> tuple[list[list[Pair]], int]:
    entries: list[list[Pair]] = []
    while True:
        position = _skip(text, position, in_group=True)
        if position >= len(text):
            raise Unreadable("a group is not closed with ]")
        if text[position] == "]":
            return entries, position + 1
        if text[position] != "{":
            raise Unreadable("the entries of a group are written {field=value ...}")
        tokens, position = _scan(text, position + 1, in_group=True)
        if position >= len(text):
            raise Unreadable("an entry of a group is not closed with }")
        if not all(isinstance(token, Pair) for token in tokens):
            raise Unreadable("an entry of a group holds field=value only")
        entries.append([token for token in tokens if isinstance(token, Pair)])
        position += 1
