"""`kase-fix operator`: what it sends, prints and returns; and a reader of a command's output that has read enough."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kase_fix.app.main import STOPPED_READING, main


class FakeConsole(HTTPServer):
    """Answers every command with what it is told to, and remembers what it heard."""

    status = 200
    said = '{"number": 5, "decided": {"reason": "причина"}}'
    heard: list[tuple[str, str, object]]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: FakeConsole

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.said.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def console() -> Iterator[FakeConsole]:
    with FakeConsole(("127.0.0.1", 0), Handler) as server:
        server.heard = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def operator(console, *words):
    return main(["operator", *words, "--console", console.url])


def test_a_command_is_sent_and_its_answer_printed(console, capsys, monkeypatch):
    assert operator(console, "suspend", "symbols=A,B", "reason=x = y") == 0
    sent = {"command": "suspend", "symbols": "A,B", "reason": "x = y"}
    assert console.heard == [("/api/operator", "Bearer rehearsal", sent)]
    assert "причина" in capsys.readouterr().out
    operator(console, "announce", "--token", "secret", "text=x")  # options stand anywhere
    assert console.heard[-1][2] == {"command": "announce", "text": "x"}
    monkeypatch.setenv("KASE_FIX_TOKEN", "kept")
    operator(console, "announce", "text=x")
    assert [token for _, token, _ in console.heard[1:]] == ["Bearer secret", "Bearer kept"]


@pytest.mark.parametrize(("status", "code"), [(400, 2), (401, 1), (409, 1), (500, 1), (503, 1)])
def test_a_refusal_is_an_exit_code(console, capsys, status, code):
    console.status, console.said = status, '{"detail": "no"}'
    assert operator(console, "suspend", "symbols=A") == code
    printed = capsys.readouterr()
    assert (printed.out, json.loads(printed.err)) == ("", {"detail": "no"})


@pytest.mark.parametrize("words", [["symbol"], ["=A"], ["a=1", "a=2"], ["command=other"]])
def test_words_that_are_no_arguments(console, capsys, words):
    assert operator(console, "suspend", *words) == 2
    assert "key=value" in capsys.readouterr().err
    assert console.heard == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nowhere"])
def test_a_console_that_is_not_there(capsys, url):
    assert main(["operator", "suspend", "symbols=A", "--console", url]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_reader_that_has_read_enough_is_no_defect():
    """`kase-fix schedule | head -1`."""
    command = [sys.executable, "-m", "kase_fix", "schedule", "--date", "2020-05-27"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == STOPPED_READING
