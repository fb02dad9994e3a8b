"""The operational day of the exchange, for all groups (art. 5 p. 1, 2)."""

import datetime as dt

OPENS = dt.time(8, 45)
"""Almaty wall time (art. 5 p. 1)."""
OPENS_CLAUSE = "art. 5 p. 1"

CLOSES = dt.time(19, 15)
"""Almaty wall time (art. 5 p. 2)."""
CLOSES_CLAUSE = "art. 5 p. 2"

BALANCES = dt.time(8, 50)
"""When the Central Depository is asked for the balances: before 9.00 (art. 5 p. 4 sp. 1)."""
BALANCES_BY = dt.time(9)
BALANCES_CLAUSE = "art. 5 p. 4 sp. 1"
CONSENT_CLAUSE = "art. 5 p. 4 sp. 2"
"""At the end of the day it is asked whether the day may be closed; the day closes with its consent."""

API = "api"
"""The FIX-API accepts logons for the whole operational day (R-2)."""
MARKET_DATA = "md"
DROP_COPY = "dropcopy"
"""Has the hours of the FIX-API (R-130)."""
CONTROL = "control"
"""The control and confirmation system."""
SERVICE_HOURS: dict[str, tuple[dt.time, dt.time, str]] = {
    CONTROL: (dt.time(11, 30), dt.time(18, 15), "art. 41 p. 1"),
    MARKET_DATA: (dt.time(9, 0), dt.time(18, 0), "support annex 1"),
}
"""Opening and closing in Almaty wall time, on working days, each with its clause."""

READINESS: dict[str, tuple[dt.time, str]] = {
    "main": (dt.time(17, 45), "art. 38 p. 1-1 sp. 1"),
    "additional": (dt.time(17, 30), "art. 38 p. 1-1 sp. 2"),
}
"""Until when readiness to close a repo counts, by the session of its opening deal; the instant itself is in time."""
