"""QuickFIX hears nowhere but where the doorman can speak."""

import datetime as dt
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kase_fix.gateway.back_door import BackDoor

LOGON = "8=FIX.4.4|9=76|35=A|49=FIRMA|56=KASE|34=5|52=NOW|98=0|108=30|141=Y|10=000|"

ACCEPTOR = """
import os, sys, time
from pathlib import Path
from kase_fix.gateway.acceptor import Acceptor
from kase_fix.messages.configuration import User

class Listener:
    def heard(self, *said): pass
    def came(self, *who): pass
    def left(self, *who): pass

acceptor = Acceptor("api", "KASE", [User("FIRMA", "FIRMA")], Path(sys.argv[1]), Listener(), True)
port = acceptor._port
acceptor.start()
print(port, acceptor.back_door.path, flush=True)
sys.stdin.readline()
acceptor.back_door.forget()
print(os.path.exists(acceptor.back_door.path), flush=True)
sys.stdin.readline()
os._exit(0)
"""


@pytest.fixture
def acceptor(tmp_path):
    command = [sys.executable, "-c", ACCEPTOR, str(tmp_path)]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield running
    running.kill()
    running.communicate()


def logon() -> bytes:
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H:%M:%S.000")  # QuickFIX takes no old one
    head, _, rest = LOGON.replace("NOW", now).replace("|", "\x01").partition("\x019=76\x01")
    body = rest[: rest.index("10=")]
    whole = f"{head}\x019={len(body)}\x01{body}".encode()
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


def test_no_port_answers_and_only_the_name_leads_to_it(acceptor):
    """Its TCP port is gone; the socket's directory is for nobody else's eyes; a Logon there is answered."""
    port, path = acceptor.stdout.readline().split()
    for address in ("127.0.0.1", "127.0.0.2", socket.gethostbyname(socket.gethostname())):
        with socket.socket() as probe:
            assert probe.connect_ex((address, int(port))) != 0
    directory = Path(path).parent
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    kept = os.open(path, os.O_PATH)
    acceptor.stdin.write("\n")
    acceptor.stdin.flush()
    assert acceptor.stdout.readline() == "False\n"
    assert not directory.exists()
    with socket.socket(socket.AF_UNIX) as unknown, pytest.raises(FileNotFoundError):
        unknown.connect(path)
    with socket.socket(socket.AF_UNIX) as door:  # who kept it can go on
        door.settimeout(5)
        door.connect(f"/proc/self/fd/{kept}")
        door.sendall(logon())
        assert b"\x0135=A\x01" in door.recv(4096)
    os.close(kept)


def test_a_port_nobody_listens_on_is_an_error():
    door = BackDoor("api")
    with pytest.raises(OSError, match="no socket of ours listens on port 1"):
        door.move_here(1)
    door.forget()
