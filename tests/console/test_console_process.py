"""The console as the venue starts it: a process that lives and dies with the other end of its line."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from console_venue import MORNING, NOON, SETTINGS

from kase_fix.messages.events import Published
from kase_fix.messages.link import Answer, Ask, Batch, Listening, encode_frame, receive_frame


@contextmanager
def console(*command: str) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [*command, sys.executable, "-m", "kase_fix.console", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    theirs.close()
    ours.settimeout(20)
    try:
        yield process, ours
    finally:
        ours.close()
        process.kill()
        process.communicate()


def test_it_serves_until_the_venue_is_gone():
    with console() as (process, line):
        published = tuple(Published(number, NOON, events) for number, events in enumerate(MORNING, start=1))
        line.sendall(encode_frame(SETTINGS) + encode_frame(Batch(published)))
        listening = receive_frame(line)
        assert isinstance(listening, Listening)
        port = listening.ports["console"]
        with socket.create_connection(("127.0.0.1", port)) as browser:
            browser.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            asked = receive_frame(line)
            assert isinstance(asked, Ask)
            assert asked.verb == "position"
            line.sendall(encode_frame(Answer(asked.id, True, 5, NOON, {})))
            assert browser.makefile("rb").readline().startswith(b"HTTP/1.1 200")
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
        with socket.create_connection(("127.0.0.1", port)) as waiting:  # an open request delays nothing
            waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert isinstance(receive_frame(line), Ask)
            line.close()
            assert process.wait(20) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
        assert process.communicate() == (b"", b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_ends_the_venue_does_not_end_it_first(number: int):
    """A signal to the whole group is the venue's to answer: it says Logout first, and then closes this line."""
    with console() as (process, line):
        line.sendall(encode_frame(SETTINGS))
        assert isinstance(receive_frame(line), Listening)
        process.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.2)
        line.close()
        assert process.wait(20) == 0


def test_it_does_not_outlive_who_started_it():
    """Where the maker of the line is not the parent, somebody else has adopted us."""
    with console("sh", "-c", '"$@"; exit $?', "sh") as (process, _):
        out, err = process.communicate(timeout=20)
        assert process.returncode == 1
        assert out == b""
        assert b"gone" in err


def test_a_port_that_is_taken_ends_it_with_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken, console() as (process, line):
        line.sendall(encode_frame(type(SETTINGS)("127.0.0.1", taken.getsockname()[1], "", True, {})))
        out, err = process.communicate(timeout=20)
        assert (process.returncode, out) == (1, b"")
        assert err.startswith(b"the console cannot start: ")
        assert err.count(b"\n") == 1


@pytest.mark.parametrize("sent", [b"", encode_frame(Batch(()))])
def test_a_line_without_settings_ends_it(sent: bytes):
    with console() as (process, line):
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        assert process.wait(20) == 1


def test_it_is_not_started_by_hand():
    done = subprocess.run([sys.executable, "-m", "kase_fix.console"], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"usage" in done.stderr
