"""An acceptor whose thread is held up while it should note who has to be written to; prints what the last one gets.

A's line stays just full: with each message he reads the next one finds room, and one waits. Each time QuickFIX notes
his socket anew, twice as often as its own pair of sockets can hold. Then B is told more than his line holds. `narrow`
leaves QuickFIX as it is.
"""

import fcntl
import os
import re
import socket
import struct
import sys
import termios
import threading
from pathlib import Path

from kase_fix.gateway import wake_up
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.gateway.doorman import fields
from kase_fix.messages.configuration import User

LEAST_NOTES = 600
TOLD = 1000
SECONDS = 15.0
NEWS = "35=B\x01148=told\x0133=1\x0158=nothing\x01"


class Holding:
    """Who hears an application message, and lets QuickFIX's thread wait."""

    def __init__(self):
        self.holds, self.go_on = threading.Event(), threading.Event()

    def heard(self, *_said):
        self.holds.set()
        self.go_on.wait()

    def came(self, *_who):
        pass

    def left(self, *_who):
        pass


class Line:
    """A session's connection behind the back door."""

    def __init__(self, path, user):
        self.user, self.number, self.data = user, 0, b""
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(SECONDS)
        self.socket.connect(path)
        self.say(b"A", (98, b"0"), (108, b"30"), (141, b"Y"))
        assert b"\x0135=A\x01" in self.message()

    def say(self, kind, *more):
        self.number += 1
        head = ((35, kind), (49, self.user), (56, b"KASE"), (34, b"%d" % self.number), (52, fields.sending_time()))
        self.socket.sendall(fields.join(b"FIX.4.4", (*head, *more)))

    def message(self):
        while (end := re.search(rb"\x0110=\d{3}\x01", self.data)) is None:
            self.data += self.socket.recv(200)  # little: what is not read has to stay in the kernel
        one, self.data = self.data[: end.end()], self.data[end.end() :]
        return one

    @property
    def has_whole_message(self):
        return re.search(rb"\x0110=\d{3}\x01", self.data) is not None

    @property
    def waiting(self):
        """Bytes the kernel has for it."""
        return struct.unpack("i", fcntl.ioctl(self.socket, termios.FIONREAD, b"\0\0\0\0"))[0]


def room():
    """Return how many numbers a pair like QuickFIX's own holds on this machine."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        count = 0
        try:
            while True:
                assert ours.send(bytes(4)) == 4
                count += 1
        except BlockingIOError:
            return count


def main():
    if sys.argv[2] == "narrow":
        wake_up.widen = lambda: None
    listener = Holding()
    users = [User(name, name) for name in ("A", "B", "C")]
    acceptor = Acceptor("api", "KASE", users, Path(sys.argv[1]), listener, persist=False)
    acceptor.start()
    a, b, c = (Line(acceptor.back_door.path, name) for name in (b"A", b"B", b"C"))
    c.say(b"B", (148, b"held"), (33, b"1"), (58, b"up"))
    assert listener.holds.wait(SECONDS)
    had = -1
    while a.waiting > had:  # it grows until the line is full
        had = a.waiting
        acceptor.send("A", NEWS)
    notes = max(LEAST_NOTES, 2 * room())
    for _ in range(notes):
        a.message()
        acceptor.send("A", NEWS)
    for _ in range(TOLD):
        acceptor.send("B", NEWS)
    listener.go_on.set()
    got, asked = 0, 0
    # An answer takes a turn of QuickFIX's loop at the least: in one it reads a note, and writes a message to each line.
    while got < TOLD and asked < notes + 2 * TOLD:
        asked += 1
        c.say(b"1", (112, b"turn"))
        while b"\x01112=turn\x01" not in c.message():
            pass
        while b.waiting or b.has_whole_message:
            b.message()
            got += 1
    print(got, flush=True)
    os._exit(0)


main()
