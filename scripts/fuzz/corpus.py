"""The messages that are mutated: all that the clients of the stories say."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kase_fix.scenario.dictionary import Layout, dictionary_of
from kase_fix.scenario.language import parse
from kase_fix.scenario.register import dialect_of
from kase_fix.scenario.sending import body_of
from kase_fix.scenario.story import Fields, ScriptError, Send
from kase_fix.scenario.wire import Pairs

STORIES = Path(__file__).parent.parent.parent / "tests" / "scenarios"
SESSION = frozenset("A5234")
"""What a story says of its session would only end the one it is sent in."""
HEADER = frozenset({8, 9, 10, 34, 35, 49, 52, 56})


class Corpus:
    """What clients of one dialect say, and which values each field has had."""

    def __init__(self, messages: list[tuple[str, Pairs]]) -> None:
        self.messages = messages
        values: defaultdict[int, set[str]] = defaultdict(set)
        for _, body in messages:
            for tag, value in body:
                values[tag].add(value)
        self.values = {tag: sorted(there) for tag, there in values.items()}
        self.tags = sorted(values)


def corpora() -> dict[str, Corpus]:
    """Return what the stories' clients say, by dialect, each message once and in the order of the files."""
    found: dict[str, dict[str, tuple[str, Pairs]]] = {"FIX44": {}, "NEXT": {}}
    for path in sorted(STORIES.rglob("*.fix")):
        for dialect, kind, body in _messages(path):
            found[dialect].setdefault(f"{kind}{body}", (kind, body))
    return {dialect: Corpus(list(messages.values())) for dialect, messages in found.items()}


def _messages(path: Path) -> Iterator[tuple[str, str, Pairs]]:
    try:
        story = parse(path)
    except ScriptError:
        return
    for step in story.steps:
        action = step.action
        if isinstance(action, Send) and action.kind not in SESSION:
            dialect = dialect_of(action.actor.user)
            body = _body(action.fields, dictionary_of(dialect).layout(action.kind))
            if not _changes_his_password(body):  # he could not come back
                yield dialect, action.kind, body


def _body(fields: Fields, layout: Layout) -> Pairs:
    """Return the body as the player would send it; what he would have captured has a value all the same."""
    body = [pair for pair in body_of(fields, layout, _Captured()) if pair[0] not in HEADER]
    if 60 in layout.order and all(tag != 60 for tag, _ in body):
        body.append((60, "20200527-05:30:00"))
    return body


def _changes_his_password(body: Pairs) -> bool:
    return any(tag == 925 for tag, _ in body)


class _Captured(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"NF_{34 + len(name)}"
