"""What the venue's process and its children (doormen, market data, console) say to each other over their socket pair.

A frame is a length of four bytes, big endian, and that many bytes of MessagePack: one of the structs below. Either end
that reads end-of-file knows that the other is dead: a child then closes its ports and ends within 500 ms.
"""

import socket
from typing import Literal, TypeAlias

import msgspec

from kase_fix.messages.decisions import DecisionCommand
from kase_fix.messages.events import Published
from kase_fix.messages.link_of_feed import (
    DayToldSoFar,
    Farewell,
    FeedSettings,
    Forget,
    MakePastDays,
    Mark,
    Marked,
    Online,
    Opened,
    Recalled,
)


class DoorUser(msgspec.Struct, frozen=True, array_like=True):
    """Who may speak: a user of the register with the argon2 hash of the password."""

    name: str
    password_hash: str
    dialect: str
    services: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    """Networks he may come from, as CIDR; none: from anywhere."""
    password_until: str = ""
    """The last day on which his password holds, as YYYY-MM-DD; empty: it does not age."""


class DoorService(msgspec.Struct, frozen=True, array_like=True):
    """The ports to open (0: any free one; None: no TLS) and the acceptor's socket that stands behind them."""

    name: str
    host: str
    port: int
    tls_port: int | None
    upstream: str
    comp_id: str
    stored: bool = False
    """Whether the acceptor stores what it says (PersistMessages), and so can say it again."""
    nudged: bool = False
    """Whether QuickFIX is to be reminded of sessions that are silent (`doorman.nudge`)."""


class DoorLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the doorman bears: `gateway.door` of venue.toml."""

    first_message_seconds: float = 5.0
    greatest_message: int = 65536
    unsent_bytes: int = 8 * 1024 * 1024
    unsent_seconds: float = 30.0
    connections_at_once: int = 100
    connections_per_second: float = 20.0
    strangers: int = 1000
    strangers_of_address: int = 200
    lockout_first_seconds: float = 1.0
    lockout_greatest_seconds: float = 300.0


class DoorTls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files (PEM) of the TLS ports: `gateway.tls` of venue.toml; without a certificate there are none."""

    certificate: str = ""
    key: str = ""
    client_ca: str = ""
    client_certificate: Literal["optional", "required"] = "optional"


class DoorSettings(msgspec.Struct, frozen=True, array_like=True, tag="door_settings"):
    """Venue to doorman, the first message: whom to let in, and where. Sent again when users change."""

    users: tuple[DoorUser, ...]
    services: tuple[DoorService, ...]
    limits: DoorLimits = DoorLimits()
    tls: DoorTls = DoorTls()
    proofs_on: tuple[int, ...] = ()
    """The processors that passwords are proven on; none: where the doorman runs."""


class Listening(msgspec.Struct, frozen=True, array_like=True, tag="listening"):
    """Child to venue: the ports are open. Port by service name (`api`, `api_tls`, `console`)."""

    ports: dict[str, int]


class Admit(msgspec.Struct, frozen=True, array_like=True, tag="admit"):
    """Doorman to venue, on to market data: an authenticated user asks in; with `reset` his Logon carries 141=Y.

    With `renews` it brings a new password, or his session is on: that his password has expired keeps nobody out then.
    """

    id: int
    user: str
    service: str
    reset: bool
    renews: bool = False


class Admitted(msgspec.Struct, frozen=True, array_like=True, tag="admitted"):
    """The answer: let him in (his delivery cursor is written), or not, with the text for his Logout."""

    id: int
    ok: bool
    text: str = ""


class Rekey(msgspec.Struct, frozen=True, array_like=True, tag="rekey"):
    """Doorman to venue: a user whose password is proven wants another, of which this is the argon2 hash."""

    id: int
    user: str
    password_hash: str


class Rekeyed(msgspec.Struct, frozen=True, array_like=True, tag="rekeyed"):
    """Venue to doorman: the hash is kept, and in the `DoorSettings` said before this; or it is not."""

    id: int
    ok: bool


class Cut(msgspec.Struct, frozen=True, array_like=True, tag="cut"):
    """Venue to doorman, and market data to venue: end this user's connection now."""

    user: str
    service: str
    reason: str


class SendAway(msgspec.Struct, frozen=True, array_like=True, tag="send_away"):
    """Doorman to venue, on to market data: say Logout to this user, with this text."""

    user: str
    service: str
    text: str


class Counted(msgspec.Struct, frozen=True, array_like=True, tag="counted"):
    """Doorman or market data to venue, about once a second: totals since its start, by name."""

    totals: dict[str, int]


class ConsoleSettings(msgspec.Struct, frozen=True, array_like=True, tag="console_settings"):
    """Venue to console, the first message."""

    host: str
    port: int
    token: str
    rehearsal: bool
    services: dict[str, str]


class Halting(msgspec.Struct, frozen=True, array_like=True, tag="halting"):
    """Venue to console, the last thing it says: it answers nothing any more, and why."""

    reason: str


class Batch(msgspec.Struct, frozen=True, array_like=True, tag="batch"):
    """Venue to console and market data: events in order, none left out."""

    published: tuple[Published, ...]


class Ask(msgspec.Struct, frozen=True, array_like=True, tag="ask"):
    """Console to venue.

    Verbs: `clock` {} (what time is it), `clock_to` {time: ns UTC} and `clock_by` {seconds} (rehearsal only), `position`
    {}, `status` {} (counters, sessions); answered by a body with one field, `json`: `schedule` {date} (without one the
    venue's), `terms` {} (what decisions have in force), `depository` {}, `order_depository` {json: what a rehearsal
    orders of it}, `member` {json: `action` list, password, suspend or restore, `user`, `hash` or `reason`}.
    """

    id: int
    verb: str
    arguments: dict[str, int | str]


class Decide(msgspec.Struct, frozen=True, array_like=True, tag="decide"):
    """Console to venue: carry out a decision. Its outcome is among the events sent before the answer, by its id."""

    id: int
    command: DecisionCommand


class Answer(msgspec.Struct, frozen=True, array_like=True, tag="answer"):
    """Venue to console: the answer. `number` is the last command applied: its events were sent before this."""

    id: int
    ok: bool
    number: int
    time: int
    body: dict[str, int | str | bool | list[dict[str, int | str | bool]]]
    error: str = ""


Said: TypeAlias = (
    DoorSettings
    | Listening
    | Admit
    | Admitted
    | Rekey
    | Rekeyed
    | Cut
    | Counted
    | ConsoleSettings
    | Halting
    | Batch
    | Ask
    | Decide
    | Answer
    | FeedSettings
    | DayToldSoFar
    | Recalled
    | Opened
    | Forget
    | Mark
    | Marked
    | SendAway
    | Farewell
    | Online
    | MakePastDays
)

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Said] = msgspec.msgpack.Decoder(Said)
GREATEST_FRAME = 64 * 1024 * 1024


def encode_frame(said: Said) -> bytes:
    """Return one frame, its length in front."""
    body = _encoder.encode(said)
    return len(body).to_bytes(4, "big") + body


def decode_frame(body: bytes | memoryview) -> Said:
    """Return what stands in a frame's body. Raises `msgspec.DecodeError`."""
    return _decoder.decode(body)


def receive_frame(connection: socket.socket) -> Said | None:
    """Wait for one frame on a blocking socket; None at end of file."""
    head = _receive_exactly(connection, 4)
    body = None if head is None else _receive_exactly(connection, int.from_bytes(head, "big"))
    return None if body is None else decode_frame(body)


def _receive_exactly(connection: socket.socket, count: int) -> bytes | None:
    chunks = bytearray()
    while len(chunks) < count:
        chunk = connection.recv(min(count - len(chunks), 1 << 20))
        if not chunk:
            return None
        chunks += chunk
    return bytes(chunks)
