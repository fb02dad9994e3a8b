"""Who looks at this process's sockets sees each of them once, and leaves nothing open behind."""

import json
import socket
import subprocess
import sys

SECONDS = 120
"""A process that takes longer hangs."""

LOOKING = """
import json, os, socket, sys
from pathlib import Path
from kase_fix.gateway.own_sockets import own_sockets

files = [open(Path(sys.argv[1]) / str(number), "w") for number in range(50)]
pipe = os.pipe()
sockets = [socket.socket(), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), *socket.socketpair()]
there = sorted(one.fileno() for one in sockets)
before = os.listdir("/proc/self/fd")
looks = []
for _ in range(5):
    look = []
    for number, one in own_sockets():
        assert one.fileno() != number and os.path.sameopenfile(one.fileno(), number)
        look.append(number)
    looks.append(sorted(look))
for _ in range(5):
    next(own_sockets())  # and no look at the others
after = os.listdir("/proc/self/fd")
print(json.dumps({"there": there, "looks": looks, "before": before, "after": after}))
"""

CLOSING = """
import json, socket
from kase_fix.gateway.own_sockets import own_sockets

sockets = [socket.socket() for _ in range(5)]
seen = []
for number, _ in own_sockets():
    seen.append(number)
    for one in sockets:
        if one.fileno() != number:
            one.close()
print(json.dumps(seen == [one.fileno() for one in sockets if one.fileno() != -1]))
"""

ACCEPTOR = """
import json, os, stat, sys
from pathlib import Path
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.messages.configuration import User

class Listener:
    def heard(self, *said): pass
    def came(self, *who): pass
    def left(self, *who): pass

acceptor = Acceptor("api", "KASE", [User("FIRMA", "FIRMA")], Path(sys.argv[1]), Listener(), True)
acceptor.start()
acceptor.back_door.forget()
links = []
for number in map(int, os.listdir("/proc/self/fd")):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue  # the one that listed them
    if number > 2 and (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        links.append(os.readlink(f"/proc/self/fd/{number}"))
print(json.dumps(links), flush=True)
os._exit(0)
"""


def said(script, *arguments):
    """Return what a process says; its input is a socket, as a supervisor may give it."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        done = subprocess.run(command, stdin=theirs, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_each_socket_is_shown_once_and_nothing_stays_open(tmp_path):
    """Files and pipes are none, nor is what the process was given as its input."""
    found = said(LOOKING, tmp_path)
    assert found["looks"] == [found["there"]] * 5
    assert sorted(found["after"]) == sorted(found["before"])


def test_one_that_is_closed_during_the_look_is_left_out():
    assert said(CLOSING)


def test_an_acceptor_that_starts_opens_each_file_once(tmp_path):
    """It looks for its sockets twice, among the files of its sessions: none of them is copied."""
    links = said(ACCEPTOR, tmp_path)
    assert len([link for link in links if link.startswith(str(tmp_path))]) >= 4
    assert sorted(links) == sorted(set(links))
