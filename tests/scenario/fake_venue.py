"""A venue of a few lines for the tests of the player: one acceptor, one console, one book per symbol, no rules.

It keeps session numbers in its data directory, so that `kill` and `restart` have something to come back to.
Run as a process it speaks like `kase-fix serve`; its acceptor alone can be driven inside a test.
"""

import argparse
import datetime as dt
import json
import signal
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from simplefix import FixMessage, FixParser

PASSWORD = "rehearsal"
LISTINGS = [
    {"symbol": symbol, "lot": lot, "price_decimals": decimals, "phase": phase, "last": {"price": last}}
    for symbol, lot, decimals, phase, last in (
        ("USDKZT_TOM", 1000, 2, "continuous", "410.00"),
        ("RUBKZT_TOM", 50000, 4, "continuous", "5.7500"),
        ("CNYKZT_TOD", 5000, 4, "closed", "57.4000"),
    )
]


class Line(socketserver.BaseRequestHandler):
    """One connection: the session in its simplest form."""

    server: "Acceptor"

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.parser = FixParser(allow_empty_values=True)
        self.user = ""
        while data := self._receive():
            self.parser.append_buffer(data)
            while (message := self.parser.get_message()) is not None:
                fields = {tag: value.decode() for tag, value in message}
                self.server.seen.append(fields)
                if not self.take(fields):
                    return

    def _receive(self) -> bytes:
        try:
            return self.request.recv(65536)
        except OSError:
            return b""

    def take(self, fields: dict[int, str]) -> bool:
        kind = fields[35]
        if kind == "A":
            return self.logon(fields)
        numbers = self.server.numbers[self.user]
        if int(fields[34]) > numbers["in"]:
            self.send("2", [(7, str(numbers["in"])), (16, "0")])
            return True
        if kind == "4":
            numbers["in"] = int(fields[36])
            return True
        numbers["in"] += 1
        if kind == "1":
            self.send("0", [(112, fields[112])])
        elif kind == "2":
            self.send("4", [(123, "Y"), (36, str(numbers["out"]))], number=int(fields[7]))
        elif kind == "5":
            self.send("5", [])
            return False
        elif kind == "D":
            self.server.order(self, fields)
        self.server.save()
        return True

    def logon(self, fields: dict[int, str]) -> bool:
        self.user = fields[49]
        self.dialect = fields[8]
        numbers = self.server.numbers.setdefault(self.user, {"in": 1, "out": 1})
        if fields.get(554) != PASSWORD:
            if fields.get(141) == "Y":
                self.send("5", [(58, "Wrong password")], number=1)
            return False
        if fields.get(141) == "Y":
            numbers.update({"in": 1, "out": 1})
        expected, numbers["in"] = numbers["in"], max(numbers["in"], int(fields[34]) + 1)
        self.server.lines[self.user] = self
        self.send("A", [(98, "0"), (108, fields[108]), *([(141, "Y")] if fields.get(141) == "Y" else [])])
        if int(fields[34]) > expected:
            numbers["in"] = expected
            self.send("2", [(7, str(expected)), (16, "0")])
        self.server.save()
        return True

    def send(self, kind: str, body: list[tuple[int, str]], number: int | None = None) -> None:
        message = FixMessage()
        message.append_pair(8, self.dialect)
        message.append_pair(35, kind)
        if number is None:
            number = self.server.numbers[self.user]["out"]
            self.server.numbers[self.user]["out"] += 1
        sent_at = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H:%M:%S.000")
        for tag, value in [(49, "KASE"), (56, self.user), (34, number), (52, sent_at), *body]:
            message.append_pair(tag, value)
        self.server.save()
        self.request.sendall(message.encode())


class Acceptor(socketserver.ThreadingTCPServer):
    """The FIX side: remembers all it saw, matches an order with the one resting order of its symbol."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, data: Path | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Line)
        self.seen: list[dict[int, str]] = []
        self.lines: dict[str, Line] = {}
        self.numbers: dict[str, dict[str, int]] = {}
        self.resting: dict[str, dict[str, str]] = {}
        self.deals: dict[str, list[dict[str, str | int]]] = {}
        self.lock = threading.Lock()
        self.file = data / "state.json" if data else None
        if self.file and self.file.exists():
            self.numbers, self.resting, self.deals = json.loads(self.file.read_text())
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def save(self) -> None:
        """Write the state before anything is answered: a kill may come at any time."""
        with self.lock:
            if self.file:
                fresh = self.file.with_suffix(".new")
                fresh.write_text(json.dumps([self.numbers, self.resting, self.deals]))
                fresh.replace(self.file)

    def order(self, line: Line, fields: dict[int, str]) -> None:
        report = [(11, fields[11]), (37, f"N_{fields[11]}"), (55, fields[55]), (54, fields[54])]
        resting = self.resting.get(fields[55])
        if resting is None or resting["side"] == fields[54]:
            self.resting[fields[55]] = {"price": fields[44], "quantity": fields[38], "side": fields[54]}
            self.resting[fields[55]] |= {"user": line.user, "id": fields[11]}
            line.send("8", [*report, (150, "0"), (39, "0"), (151, fields[38])])
            return
        deal = [(31, resting["price"]), (32, fields[38])]
        self.deals.setdefault(fields[55], []).append(
            {"price": resting["price"], "quantity": int(fields[38]), "method": "x"}
        )
        left = int(resting["quantity"]) - int(fields[38])
        resting["quantity"] = str(left)  # before anyone is told: who hears of it may ask for the book at once
        line.send("8", [*report, (150, "F"), (39, "2"), *deal, (151, "0")])
        other = self.lines[resting["user"]]
        other.send(
            "8", [(11, resting["id"]), (37, f"N_{resting['id']}"), (150, "F"), (39, "1"), *deal, (151, str(left))]
        )

    def expire(self) -> None:
        for resting in self.resting.values():
            line = self.lines[resting["user"]]
            line.send("8", [(37, f"N_{resting['id']}"), (150, "C"), (39, "C"), (151, "0")])
        self.resting.clear()

    def book(self, symbol: str) -> dict[str, object]:
        sides: dict[str, list[dict[str, object]]] = {"1": [], "2": []}
        if (resting := self.resting.get(symbol)) is not None:
            level = {"price": resting["price"], "quantity": int(resting["quantity"]), "orders": 1}
            sides[resting["side"]].append(level)
        return {"symbol": symbol, "phase": "continuous", "bids": sides["1"], "asks": sides["2"], "last": None}


def console_of(acceptor: Acceptor) -> ThreadingHTTPServer:
    """Return a console for this acceptor, serving already."""

    class Answers(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def answer(self, body: object, status: int = 200) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self) -> None:
            symbol = self.path.rsplit("/", 1)[-1]
            if self.path == "/api/instruments":
                self.answer({"instruments": LISTINGS})
            elif self.path.startswith("/api/books/"):
                self.answer(acceptor.book(symbol))
            else:
                self.answer({"deals": acceptor.deals.get(symbol, [])[::-1]})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/api/operator" and asked["command"] == "forbidden":
                self.answer({"title": "refused", "detail": f"not for {asked.get('whom', 'you')}"}, 403)
                return
            if asked.get("to", "").endswith("17:00:00"):
                acceptor.expire()
            self.answer({})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rehearsal")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--set", action="append")
    arguments = parser.parse_args()
    if "fail=yes" in arguments.set:
        sys.exit("cfg/market.toml: fail: found yes, expected no")
    arguments.data.mkdir(parents=True, exist_ok=True)
    acceptor = Acceptor(arguments.data)
    console = console_of(acceptor)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    api, web = acceptor.server_address, console.server_address
    print(f"ready api=127.0.0.1:{api[1]} md=127.0.0.1:{api[1]} console=http://127.0.0.1:{web[1]}", flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
