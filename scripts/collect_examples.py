"""Plays stories and keeps an example of every message, for the pages that `make_rules_of_engagement.py` writes.

    python scripts/collect_examples.py

What clients and venue have said on the wire goes to `spec/messages/examples.txt`: a line that says of which dialect,
whose (`>` to the exchange, `<` from it), of what kind and out of which story, then the message, its SOH written `|`. So
are all tags that were seen in a message of the exchange.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.scenario import client, exchange, wire
from kase_fix.scenario.language import parse
from kase_fix.scenario.player import play
from kase_fix.scenario.venue import Starter

ROOT = Path(__file__).resolve().parent.parent
STORIES = ROOT / "tests" / "scenarios"
EXAMPLES = ROOT / "spec" / "messages" / "examples.txt"
PLAYED = (
    "bonds/money", "busts/cancelled", "busts/corrected", "busts/swap_and_repo", "chapter2/cancel",
    "chapter2/cancel_refused", "chapter2/cancelled_where_refused", "chapter2/continuous_trading",
    "chapter2/iceberg_changed", "chapter2/market_data", "chapter2/market_data_counted", "chapter2/market_data_next",
    "chapter2/market_data_refused", "chapter2/market_order", "chapter2/mass_status", "chapter2/next_session",
    "chapter2/order_status", "chapter2/refused_rights", "chapter2/security_list", "chapter4/several_days",
    "chapter9/own_kinds", "charts/days", "decisions/suspension", "direct/agreed", "direct/confirmed",
    "direct/refused_by_counterparty", "dropcopy/reports", "fixing/rounds", "makers/liabilities_next",
    "protection/mass_cancel", "quotes/indicative", "quotes/mass_quote", "quotes/two_sided", "reference/calendar",
    "reference/parties", "repo/automatic_closing", "repo/direct_prolonged", "repo/netting_and_refused",
    "results/positions_and_deals", "results/positions_and_deals_next", "session/cases/08_resend",
    "session/cases/10_gap_fill", "session/cases/14_rejects", "session/definition", "session/letters",
    "session/new_password", "session/status", "session/status_subscription", "session/unsupported",
    "specialised/market_data", "specialised/placement", "stops/ends", "stops/next", "stops/triggered",
    "swaps/dollar_holiday_legs",
)  # fmt: skip
TOLD_APART = {"8": (150,), "D": (40,), "q": (530,), "Z": (298,), "x": (559,)}
"""By the values of which tags a message of these types has several examples."""
THERE_OR_NOT = {"D": (453, 5146), "H": (11,), "C": (5204,)}
"""The same by whether these tags are there."""
TAGS = "tags"
"""Stands for the story where all tags of a message are told."""
LONGEST = 700
"""Characters of an example, where there is one so short."""
DIALECTS = {"FIX.4.4": "FIX44", "FIXT.1.1": "NEXT"}
NAMES = (11, 117, 262, 320, 324, 335, 379, 710, 568, 1505, 664)
"""By which an answer names what it answers."""


class Said(NamedTuple):
    """A message that was said: whose line it was, `>` or `<`, in which story."""

    user: str
    way: str
    story: str
    text: str


def said_in(stories: Iterable[str], starter: Starter) -> Iterator[Said]:
    """Play stories and yield all that was said. Raises `StoryFailure`."""
    for name in stories:
        heard: list[Said] = []
        _listen(name, heard)
        play(parse(STORIES / f"{name}.fix"), starter)
        yield from heard


def _listen(story: str, heard: list[Said]) -> None:
    """Have the stories' clients tell what goes over their lines."""

    def keep(user: str, way: str, data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        if text.isprintable() or text.replace("\x01", "").isprintable():
            heard.append(Said(user, way, story, text))

    class Listening(client.Client):
        def _write(self, data: bytes) -> None:
            super()._write(data)
            keep(self.user, ">", data)

    def decode(found: wire.FixMessage) -> wire.Message:
        data = found.encode(raw=True)
        keep(Fields(data.decode("utf-8", "surrogateescape")).get(56, ""), "<", data)
        return wire.decode(found)

    exchange.Client = Listening
    client.decode = decode


def chosen(said: list[Said]) -> dict[tuple[str, str, str, str], Said]:
    """Return the example of each kind of message: of those that were not refused the fullest that is not too long."""
    refused = set(_refused(said))
    best: dict[tuple[str, str, str, str], Said] = {}
    for one in said:
        fields = Fields(one.text)
        dialect, kind = DIALECTS.get(fields.get(8, "")), fields.get(35, "")
        if dialect is None or "|" in one.text or _named(one, fields) & refused:
            continue
        by = [fields.get(tag, "") for tag in TOLD_APART.get(kind, ())]
        by += ["+" if tag in fields else "-" for tag in THERE_OR_NOT.get(kind, ())]
        key = (dialect, one.way, kind, "".join(by))
        if key not in best or _worth(one) > _worth(best[key]):
            best[key] = one
    return best


def _worth(one: Said) -> tuple[int, int]:
    if len(one.text) > LONGEST:
        return 0, -len(one.text)
    return 1, len(Fields(one.text))


def _refused(said: list[Said]) -> Iterator[tuple[str, str, str]]:
    """Iterate (story, user, name) of what was answered by a refusal."""
    for one in said:
        fields = Fields(one.text)
        kind = fields.get(35, "")
        bad = {
            "8": fields.get(39) == "8",
            "r": fields.get(531) == "0",
            "b": fields.get(297) == "5",
            "AI": fields.get(297) == "5",
            "d": fields.get(323) == "6",
            "AQ": fields.get(749) != "0",
        }.get(kind, kind in ("9", "j", "Y"))
        if one.way == "<" and bad:
            yield from ((one.story, one.user, fields[tag]) for tag in NAMES if tag in fields)
        if one.way == "<" and kind == "5" and fields.get(34) == "1":
            yield one.story, one.user, "34=1"
        if one.way == "<" and kind == "3":
            yield one.story, one.user, f"34={fields.get(45)}"


def _named(one: Said, fields: Fields) -> set[tuple[str, str, str]]:
    if one.way == "<":
        return set()
    names = {fields[tag] for tag in NAMES if tag in fields}
    return {(one.story, one.user, name) for name in (*names, f"34={fields.get(34)}")}


def tags_said(said: Iterable[Said]) -> dict[tuple[str, str], set[int]]:
    """Return every tag that stood in a message of the exchange, by dialect and MsgType(35)."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in said:
        if one.way == "<":
            fields = Fields(one.text)
            found[DIALECTS[fields[8]], fields[35]] |= set(fields)
    return found


def written(examples: dict[tuple[str, str, str, str], Said], tags: dict[tuple[str, str], set[int]]) -> str:
    """Return the file of the examples, and of the tags that were said."""
    lines = ["# Made by scripts/collect_examples.py out of stories; not edited by hand."]
    for dialect, kind in sorted(tags):
        lines += [f"{dialect} < {kind} {TAGS}", " ".join(map(str, sorted(tags[dialect, kind])))]
    for key in sorted(examples):
        dialect, way, kind, _ = key
        one = examples[key]
        lines += [f"{dialect} {way} {kind} {one.story}", re.sub("\x01", "|", one.text)]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Play them and write the file."""
    starter = Starter()
    try:
        said = list(said_in(PLAYED, starter))
    finally:
        starter.end()
    EXAMPLES.write_text(written(chosen(said), tags_said(said)), encoding="utf-8")


if __name__ == "__main__":
    main()
