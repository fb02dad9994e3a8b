"""An acceptor without a doorman before it, and clients that speak to it as no doorman would let them.

`python -m tests.gateway.wary_host DIR STORY` prints what came of the story.
"""

import datetime as dt
import os
import re
import socket
import sys
import threading
from pathlib import Path

from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.doorman import fields
from kase_fix.gateway.doorman.nudge import nudge
from kase_fix.gateway.wary import GREATEST_GAP
from kase_fix.messages.configuration import User

SECONDS = 20.0


class Hearing:
    """Notes what application messages are heard."""

    def __init__(self):
        self.heard_of, self.gone = [], threading.Event()

    def heard(self, _service, _user, said):
        self.heard_of.append(said[148])

    def came(self, *_who):
        pass

    def left(self, *_who):
        self.gone.set()


class Line:
    """A session's connection behind the back door."""

    def __init__(self, path, user, heartbeat=b"30"):
        self.user, self.number, self.data = user, 0, b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(SECONDS)
        self.socket.connect(path)
        self.say(b"A", (98, b"0"), (108, heartbeat), (141, b"Y"))
        assert b"\x0135=A\x01" in self.message()

    def make(self, kind, *more, number=None, at=None):
        if number is None:
            self.number += 1
        head = ((35, kind), (49, self.user), (56, b"KASE"), (34, b"%d" % (number or self.number)))
        return fields.join(b"FIX.4.4", (*head, (52, at or fields.sending_time()), *more))

    def say(self, kind, *more, number=None):
        self.socket.sendall(self.make(kind, *more, number=number))

    def news(self, headline):
        self.say(b"B", (148, headline), (33, b"1"), (58, b"x"))

    def message(self):
        while (end := re.search(rb"\x0110=\d{3}\x01", self.data)) is None:
            more = self.socket.recv(1 << 16)
            if not more:
                return b""
            self.data += more
        one, self.data = self.data[: end.end()], self.data[end.end() :]
        return one

    def is_alive(self):
        self.say(b"1", (112, b"there?"))
        while one := self.message():
            if b"\x01112=there?\x01" in one:
                return True
        return False


def reset_behind_the_end(acceptor, _listener):
    """A Logout, and a SequenceReset to a number that has passed, in one breath."""
    one, other = Line(acceptor.back_door.path, b"A"), Line(acceptor.back_door.path, b"B")
    one.socket.sendall(one.make(b"5") + one.make(b"4", (36, b"1")))
    while one.message():
        pass
    print(other.is_alive(), acceptor.counts["resets_behind_the_end"])


def too_much_behind_a_gap(acceptor, listener):
    """Far more Heartbeats than QuickFIX bears, and then what was missing."""
    one, other = Line(acceptor.back_door.path, b"A"), Line(acceptor.back_door.path, b"B")
    threading.Thread(target=lambda: all(iter(one.message, b"")), daemon=True).start()
    first = one.make(b"0")
    try:
        one.socket.sendall(b"".join(one.make(b"0") for _ in range(20_000)))
        one.socket.sendall(first)
    except OSError:
        pass  # cut
    assert listener.gone.wait(SECONDS)
    print(other.is_alive(), acceptor.counts["gaps_too_long"])


def much_behind_a_gap(acceptor, listener):
    """As many as may be: all are taken up when the gap is filled."""
    one = Line(acceptor.back_door.path, b"A")
    one.number += 1
    missing = one.number
    alive = []
    reading = threading.Thread(target=lambda: alive.append(b"\x01112=last\x01" in _until(one, b"\x01112=last\x01")))
    reading.start()
    one.socket.sendall(b"".join(one.make(b"0") for _ in range(GREATEST_GAP - 1)))
    one.say(b"1", (112, b"last"))
    one.say(b"0", number=missing)
    reading.join()
    print(alive[0], acceptor.counts["gaps_too_long"], listener.gone.is_set())


def _until(line, wanted):
    one = line.message()
    while one and wanted not in one:
        one = line.message()
    return one


def before_the_reset(acceptor, listener):
    """What came too early, and then new numbers within the session."""
    one = Line(acceptor.back_door.path, b"A")
    a_second_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)).strftime("%Y%m%d-%H:%M:%S.000").encode()
    one.socket.sendall(one.make(b"B", (148, b"old"), (33, b"1"), (58, b"x"), number=4, at=a_second_ago))
    _until(one, b"\x0135=2\x01")
    one.number = 0
    one.say(b"A", (98, b"0"), (108, b"30"), (141, b"Y"))
    _until(one, b"\x0135=A\x01")
    one.news(b"second")
    one.news(b"third")
    one.say(b"1", (112, b"end"))  # its number is the old one's, which is gone: QuickFIX finds it too low
    while one.message():
        pass
    print(",".join(listener.heard_of), acceptor.counts["of_before_the_reset"])


def silent_among_others(acceptor, _listener):
    """One speaks every 20 ms; one is silent, with 108=1, and nudged: he hears Heartbeats, and is asked."""
    chatting, silent = Line(acceptor.back_door.path, b"A"), Line(acceptor.back_door.path, b"B", b"1")
    ended = threading.Event()

    def chat():
        while not ended.wait(0.02):
            chatting.say(b"0")
            silent.socket.sendall(nudge(b"FIX.4.4", b"B", b"KASE"))

    threading.Thread(target=chat, daemon=True).start()
    heard = set()
    while not heard >= {"0", "1"} and (one := silent.message()):
        heard.add(re.search(rb"\x0135=(\w+)\x01", one)[1].decode())
    ended.set()
    print("".join(sorted(heard)), acceptor.counts["failures"])


def main(directory, story):
    listener = Hearing()
    acceptor = Acceptor("api", "KASE", [User(name, name) for name in "AB"], Path(directory), listener, persist=True)
    acceptor.start()
    globals()[story](acceptor, listener)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
