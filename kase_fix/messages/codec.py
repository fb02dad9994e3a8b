"""The one binary form of commands and events: MessagePack, arrays instead of names, tags first."""

from collections.abc import Sequence

import msgspec

from kase_fix.messages.commands import Sequenced
from kase_fix.messages.events import Published

_encoder = msgspec.msgpack.Encoder()
_commands = msgspec.msgpack.Decoder(tuple[Sequenced, ...])
_published = msgspec.msgpack.Decoder(Published)
_published_batch = msgspec.msgpack.Decoder(tuple[Published, ...])


def encode_commands(group: Sequence[Sequenced]) -> bytes:
    """Return a group of numbered commands as the journal keeps them."""
    return _encoder.encode(group)


def decode_commands(data: bytes | memoryview) -> tuple[Sequenced, ...]:
    """Return the group. Raises `msgspec.DecodeError` where the bytes are none of ours."""
    return _commands.decode(data)


def encode_published(published: Published) -> bytes:
    """Return one command's events as they are hashed and as they go between processes."""
    return _encoder.encode(published)


def decode_published(data: bytes | memoryview) -> Published:
    """Return one command's events. Raises `msgspec.DecodeError`."""
    return _published.decode(data)


def encode_published_batch(batch: Sequence[Published]) -> bytes:
    """Return several commands' events as one message."""
    return _encoder.encode(batch)


def decode_published_batch(data: bytes | memoryview) -> tuple[Published, ...]:
    """Return several commands' events. Raises `msgspec.DecodeError`."""
    return _published_batch.decode(data)
