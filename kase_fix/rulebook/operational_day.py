"""The operational day of the exchange, for all groups (art. 5 p. 1, 2)."""

import datetime as dt

OPENS = dt.time(8, 45)
"""Almaty wall time (art. 5 p. 1)."""
OPENS_CLAUSE = "art. 5 p. 1"

CLOSES = dt.time(19, 15)
"""Almaty wall time (art. 5 p. 2)."""
CLOSES_CLAUSE = "art. 5 p. 2"
