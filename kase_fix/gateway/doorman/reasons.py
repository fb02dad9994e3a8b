"""Every reason for which the doorman refuses, cuts or drops, by the name it is logged and counted under.

The names stand in `/metrics` from the start, as `kase_venue_door_FAMILY_NAME`; spec/doorman.md says what each means.
"""

REFUSED = (
    "malformed",
    "heartbeat",
    "version",
    "username",
    "target",
    "certificate",
    "locked_out",
    "wrong_password",
    "address",
    "busy",
    "already_online",
    "not_admitted",
    "new_password",
    "venue_silent",
    "no_upstream",
    "no_service",
)
"""Of a Logon."""
LEFT = (
    "left",
    "refused",
    "no_first_message",
    "no_logon",
    "no_handshake",
    "garbled",
    "slow",
    "stale",
    "dead",
    "resend_abuse",
    "logon_again",
    "session_closed",
    "cut",
    "not_admitted",
    "venue_silent",
    "defect",
)
"""Of the end of a connection."""
TURNED_AWAY = ("rate", "crowd", "crowd_of_address")
"""Of a connection that was closed as soon as it was there."""
GARBLED = ("garbage", "header", "length", "type", "trailer", "checksum", "data", "fields", "logon")
"""Of bytes that were dropped."""
FAMILIES = {"refused": REFUSED, "left": LEFT, "turned_away": TURNED_AWAY, "garbled": GARBLED}
SINGLE = (
    "connections",
    "handshakes",
    "logons",
    "passwords_changed",
    "garbled",
    "messages_in",
    "messages_out",
    "bytes_in",
    "bytes_out",
    "resends_asked",
    "resends_repeated",
    "resends_abused",
)
COUNTED = (*SINGLE, *(f"{family}.{name}" for family, names in FAMILIES.items() for name in names))
