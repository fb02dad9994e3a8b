"""What a FIX session may send: used in every process that has sessions."""

import msgspec


class ThrottleLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`gateway.throttle` of venue.toml."""

    messages_per_second: float = 1000.0
    burst: int = 2000
    """Messages that may come at once after a silence."""
    refused: int = 2000
    """So many refused messages within `refused_seconds` end the session."""
    refused_seconds: float = 10.0
