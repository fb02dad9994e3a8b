"""A store whose files say what QuickFIX cannot have written is mended before QuickFIX opens it.

A disk that lost its power leaves numbers that are none, times that are none. QuickFIX 1.16 does not start with such a
time, takes unreadable numbers for 1, and where a number to send is thousands of millions ahead a resend holds up
everybody (measured). What is put in its place costs a client a gap or a repetition, never a message: messages are
counted up to the last one stored, and of what is not known the client is asked for a repetition, which is answered by
states (`dialect.reading.poss_resend`).

And a store of another date, UTC, is emptied when QuickFIX opens it: Session's constructor looks at the time at which
the session began before it is told that sessions never stop (NonStopSession).
"""

import datetime as dt
import re
from pathlib import Path

from kase_fix.gateway.boot import JUMP
from kase_fix.gateway.store import latest

SESSION_TIME = "%Y%m%d-%H:%M:%S"
WIDTH = 20
FARTHEST = 1000 * JUMP
"""So far the number to send may be ahead of the last message stored: a thousand starts of the machine."""
_NUMBERS = re.compile(rf"(\d{{{WIDTH}}}) : (\d{{{WIDTH}}})")


def mend(session_store: Path) -> list[str]:
    """Mend a store (path without its ending) where that is needed; return what was wrong with it, in words."""
    found = (_mend_time(session_store), _mend_numbers(session_store))
    return [wrong for wrong in found if wrong]


def _mend_time(session_store: Path) -> str:
    """Have the session begin now: it is ours to say when one ends, at the opening of the operational day."""
    path = session_store.with_name(session_store.name + ".session")
    if not path.exists():
        return ""
    text = path.read_text(encoding="ascii", errors="replace")
    path.write_text(dt.datetime.now(dt.UTC).strftime(SESSION_TIME), encoding="ascii")
    try:
        dt.datetime.strptime(text.strip(), SESSION_TIME)
    except ValueError:
        return f"its session began at {text!r}"
    return ""


def _mend_numbers(session_store: Path) -> str:
    """Go on behind the last message stored; without one, so far ahead that no client can have seen as much."""
    path = session_store.with_name(session_store.name + ".seqnums")
    if not path.exists():
        return ""
    text = path.read_text(encoding="ascii", errors="replace")
    found = _NUMBERS.fullmatch(text)
    stored = next(latest(session_store), None)
    farthest = FARTHEST + (stored.number if stored is not None else FARTHEST)
    if found is not None and 0 < int(found[1]) <= farthest and int(found[2]) > 0:
        return ""
    sender = stored.number + 1 if stored is not None else JUMP
    target = text[WIDTH + 3 : 2 * WIDTH + 3]
    known = target.isdecimal() and len(target) == WIDTH and int(target) > 0
    path.write_text(f"{sender:0{WIDTH}d} : {int(target) if known else 1:0{WIDTH}d}", encoding="ascii")
    return f"its numbers were {text!r}"
