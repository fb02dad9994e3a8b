"""A client of FIX 4.4 for the benches: a socket, a number, and no more than is needed to say and hear."""

import re
import socket

from kase_fix.gateway.doorman import fields

PASSWORD = b"rehearsal"
PATIENCE = 60.0


class Session:
    """A session that says what it is told to."""

    def __init__(self, user: str, target: bytes, address: tuple[str, int]) -> None:
        self.user = user
        self._head = ((49, user.encode()), (56, target))
        self._number = 0
        self.connection = socket.create_connection(address)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.settimeout(PATIENCE)
        self.say(b"A", (98, b"0"), (108, b"60"), (141, b"Y"), (553, user.encode()), (554, PASSWORD))
        self.read_until(b"\x0135=A\x01")

    def message(self, kind: bytes, *more: tuple[int, bytes]) -> bytes:
        """Return the next message."""
        self._number += 1
        head = ((35, kind), *self._head, (34, b"%d" % self._number), (52, fields.sending_time()))
        return fields.join(b"FIX.4.4", (*head, *more))

    def say(self, kind: bytes, *more: tuple[int, bytes]) -> None:
        """Send a message."""
        self.connection.sendall(self.message(kind, *more))

    def read_until(self, wanted: bytes, count: int = 1) -> bytes:
        """Read until something has come so often, and return all that came. Raises `ConnectionError` at the end."""
        data = b""
        while data.count(wanted) < count:
            more = self.connection.recv(1 << 16)
            if not more:
                raise ConnectionError(data[-300:])
            data += more
        return data

    def symbols(self) -> list[bytes]:
        """Return the symbols of all instruments: SecurityListRequest(x) with 559=4, answered in pages (893)."""
        self.say(b"x", (320, b"list"), (559, b"4"))
        return re.findall(rb"\x0155=([^\x01]+)", self.read_until(b"\x01893=Y\x01"))

    def order(self, name: bytes, symbol: bytes, side: bytes, quantity: bytes, price: bytes) -> bytes:
        """Return a new limit order of this user's first account."""
        return self.message(
            b"D", (11, name), (1, b"F_%s_0000" % self.user.encode()), (55, symbol), (54, side), (38, quantity),
            (40, b"2"), (44, price), (59, b"0"), (60, fields.sending_time()),
        )  # fmt: skip
