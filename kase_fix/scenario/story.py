"""A story as it was read: its steps, every name already a tag, a type or a wire value."""

import datetime as dt
from pathlib import Path
from typing import TypeAlias

import msgspec


class ScriptError(Exception):
    """A script that cannot be read: says where and why."""

    def __init__(self, path: Path, line: int, text: str) -> None:
        super().__init__(f"{path}:{line}: {text}")


class Literal(msgspec.Struct, frozen=True):
    """This text. `exact`: it stood in quotes, so 450.1 is not 450.10."""

    text: str
    exact: bool = False


class Capture(msgspec.Struct, frozen=True):
    """`?name`: takes what it finds, from then on stands for it."""

    name: str


class AnyValue(msgspec.Struct, frozen=True):
    """`*`: the field must be there."""


class Absent(msgspec.Struct, frozen=True):
    """`-`: the field must not be there; on sending it is left out."""


class Entries(msgspec.Struct, frozen=True):
    """`[{...} {...}]`: entries of a repeating group."""

    entries: tuple["Fields", ...]


Value: TypeAlias = Literal | Capture | AnyValue | Absent | Entries
Fields: TypeAlias = tuple[tuple[int, Value], ...]


class Actor(msgspec.Struct, frozen=True):
    """A session: a user at one of the exchange's services (`api`, `md`, `dc`)."""

    user: str
    service: str = "api"

    def __str__(self) -> str:
        return self.user if self.service == "api" else f"{self.user} {self.service}"


class OpenVenue(msgspec.Struct, frozen=True):
    """`venue DATE TIME [key=value ...]`."""

    moment: dt.datetime
    settings: tuple[tuple[str, str], ...] = ()


class Logon(msgspec.Struct, frozen=True):
    """`ACTOR logon`. `refusal_expected`: the actor's next line waits for a Logout or the end of the line."""

    actor: Actor
    fields: Fields
    refusal_expected: bool = False


class Logout(msgspec.Struct, frozen=True):
    """`ACTOR logout`."""

    actor: Actor
    fields: Fields = ()


class Drop(msgspec.Struct, frozen=True):
    """`ACTOR drop`: the line is cut without a word."""

    actor: Actor


class Raw(msgspec.Struct, frozen=True):
    """`ACTOR raw "..."`: these bytes, as they are."""

    actor: Actor
    text: str


class Send(msgspec.Struct, frozen=True):
    """`ACTOR > Message field=value ...`."""

    actor: Actor
    kind: str
    fields: Fields


class Expect(msgspec.Struct, frozen=True):
    """`ACTOR < Message field=value ... [exactly] [within T]`."""

    actor: Actor
    kind: str
    fields: Fields
    exactly: bool = False
    within: float | None = None


class ExpectNothing(msgspec.Struct, frozen=True):
    """`ACTOR < nothing within T`."""

    actor: Actor
    within: float


class ExpectClosed(msgspec.Struct, frozen=True):
    """`ACTOR < closed`."""

    actor: Actor
    within: float | None = None


class MoveClock(msgspec.Struct, frozen=True):
    """`at [DATE] TIME` or `advance DURATION`."""

    to: dt.time | None = None
    date: dt.date | None = None
    by: float = 0.0


class EndVenue(msgspec.Struct, frozen=True):
    """`restart` (asked to end) or `kill` (SIGKILL); then it is started again on the same data."""

    kill: bool


class CheckBook(msgspec.Struct, frozen=True):
    """`book SYMBOL`: bid quantity, price and ask quantity of every level, the best of each side included.

    `SYMBOL@BOARD` is the book on a board that is not its main one; the same goes for deals.
    """

    symbol: str
    rows: tuple[tuple[str, str, str], ...] = ()


class CheckDeals(msgspec.Struct, frozen=True):
    """`deals SYMBOL`: price and quantity of every deal of the day, the first one first; its method where rows do."""

    symbol: str
    rows: tuple[tuple[str, ...], ...] = ()


class CheckLetters(msgspec.Struct, frozen=True):
    """`letters`: user, subject and text of every message a member sent to the operator today, the first one first."""

    rows: tuple[tuple[str, ...], ...] = ()


class Operator(msgspec.Struct, frozen=True):
    """`operator COMMAND key=value ... [refused ["words"]]`; the words are part of what the refusal says.

    A value `?name` is what the story has captured under it.
    """

    command: str
    arguments: tuple[tuple[str, str], ...]
    refused: bool = False
    words: str = ""


class ChangeMember(msgspec.Struct, frozen=True):
    """`member suspend USER "reason"` or `member restore USER`: what operators do with users (`kase-fix member`)."""

    action: str
    user: str
    reason: str = ""


Action: TypeAlias = (
    OpenVenue
    | Logon
    | Logout
    | Drop
    | Raw
    | Send
    | Expect
    | ExpectNothing
    | ExpectClosed
    | MoveClock
    | EndVenue
    | CheckBook
    | CheckDeals
    | CheckLetters
    | Operator
    | ChangeMember
)


class Step(msgspec.Struct, frozen=True):
    """A line of the story, what it does, and the clause it stands for (the last one named above it or on it)."""

    line: int
    source: str
    action: Action
    clause: str = ""


class Story(msgspec.Struct, frozen=True):
    """One file."""

    path: Path
    title: str
    clauses: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def opening(self) -> OpenVenue | None:
        """Return the first venue the story asks for, so that it can be started ahead of time."""
        return next((step.action for step in self.steps if isinstance(step.action, OpenVenue)), None)
