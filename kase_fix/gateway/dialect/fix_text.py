"""The text of a FIX message: `tag=value` parts, each ended by SOH."""

import datetime as dt
import functools

SOH = "\x01"
_TAGS = {str(tag): tag for tag in range(1, 10_000)}
"""Looked up rather than parsed: three times as fast, and nothing but plain digits is a tag."""


class Fields(dict[int, str]):
    """A message's fields by tag, the first occurrence of each; `every` tells the others apart.

    Parts that are no `tag=value` are left out: they can only be the inside of a data field, or none of ours.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text
        parts = text.split(SOH)
        parts.reverse()  # so that the first occurrence of a tag is the one that stays
        try:
            super().__init__([(_TAGS[tag], value) for tag, _, value in [part.partition("=") for part in parts if part]])
        except KeyError:
            named = [part.partition("=") for part in parts]
            super().__init__([(_TAGS[tag], value) for tag, _, value in named if tag in _TAGS])

    def every(self, tag: int) -> list[str]:
        """Return all values of a tag in their order, as groups repeat it."""
        start = f"{tag}="
        return [part[len(start) :] for part in self.text.split(SOH) if part.startswith(start)]


def frame(begin_string: str, body: str) -> str:
    """Return `body` ("35=...", ended by SOH) as a whole message with 8, 9 and 10.

    BodyLength(9) and CheckSum(10) count the UTF-8 bytes; quickfix computes both anew once it has added its header.
    """
    length = len(body) if body.isascii() else len(body.encode("utf-8", "surrogateescape"))
    text = f"8={begin_string}\x019={length}\x01{body}"
    return f"{text}10={sum(text.encode('utf-8', 'surrogateescape')) % 256:03d}\x01"


def utc_timestamp(time: int) -> str:
    """Return nanoseconds UTC as UTCTimestamp with milliseconds, cut off: `20200527-05:30:00.123`."""
    second, rest = divmod(time, 1_000_000_000)
    return f"{_second(second)}.{rest // 1_000_000:03d}"


def utc_microseconds(time: int) -> str:
    """Return nanoseconds UTC as UTCTimestamp with microseconds."""
    second, rest = divmod(time, 1_000_000_000)
    return f"{_second(second)}.{rest // 1000:06d}"


def date_text(date: dt.date) -> str:
    """Return a date as LocalMktDate or UTCDateOnly: `20200527`."""
    return f"{date.year:04d}{date.month:02d}{date.day:02d}"


@functools.lru_cache(maxsize=64)
def _second(second: int) -> str:
    return dt.datetime.fromtimestamp(second, dt.UTC).strftime("%Y%m%d-%H:%M:%S")
