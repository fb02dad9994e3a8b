"""The venue's console, as the player asks it: a few HTTP calls with JSON."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

TOKEN = "rehearsal"
PATIENCE = 130.0
"""Seconds: a move of the clock over days is answered when all of it is applied."""


class ConsoleRefused(Exception):
    """The console answered with an error, or not at all (`status` 0)."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Console:
    """The console at one address."""

    def __init__(self, url: str, token: str = TOKEN, patience: float = PATIENCE) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.patience = patience

    def get(self, path: str) -> Any:
        """Return the JSON at this path. Raises `ConsoleRefused`."""
        return self._ask(path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON and return the answer. Raises `ConsoleRefused`."""
        return self._ask(path, json.dumps(body).encode())

    def book(self, symbol: str) -> Any:
        """Return the book of this symbol, on its main board or on another: `SYMBOL@BOARD`."""
        return self.get(f"/api/books/{_listed(symbol)}")

    def deals(self, symbol: str) -> list[Any]:
        """Return the day's deals in this symbol (or `SYMBOL@BOARD`), the first one first (the console: the latest)."""
        return list(reversed(self.get(f"/api/deals/{_listed(symbol)}")["deals"]))

    def letters(self) -> list[Any]:
        """Return what members wrote to the operator today, the first one first (the console: the latest)."""
        return list(reversed(self.get("/api/letters")["letters"]))

    def instruments(self) -> list[Any]:
        """Return all listings with their phase and last price."""
        return list(self.get("/api/instruments")["instruments"])

    def _ask(self, path: str, body: bytes | None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self.patience) as answer:
                text = answer.read()
            return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            raise ConsoleRefused(error.code, _problem(error)) from error
        except (OSError, ValueError) as error:
            raise ConsoleRefused(0, f"{self.url}{path}: {error}") from error


def _listed(name: str) -> str:
    """Return the end of a path for `SYMBOL` or `SYMBOL@BOARD`."""
    symbol, _, board = name.partition("@")
    return urllib.parse.quote(symbol) + (f"?board={urllib.parse.quote(board)}" if board else "")


def _problem(error: urllib.error.HTTPError) -> str:
    """Return what an RFC 9457 problem document says, else the bare text."""
    text = error.read().decode("utf-8", errors="replace")
    try:
        problem = json.loads(text)
        words = problem.get("detail") or problem.get("title") or text
    except (ValueError, AttributeError):
        words = text
    return f"{error.code}: {words}"
