"""`python -m kase_fix.app.candles <fd>`: started by the venue, never by hand."""

import os
import sys

import structlog

from kase_fix.app.candles.making import make
from kase_fix.gateway.spawned import link_to_the_venue
from kase_fix.messages.link import receive_frame
from kase_fix.messages.link_of_feed import MakePastDays


def main() -> int:
    """Make the file and end; 1 where it could not be made."""
    link = link_to_the_venue(int(sys.argv[1]))
    wanted = None if link is None else receive_frame(link)
    if not isinstance(wanted, MakePastDays):
        return 0
    os.nice(19)
    try:
        make(wanted)
    except Exception:
        structlog.get_logger("candles").exception("the candles of past days could not be made")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
