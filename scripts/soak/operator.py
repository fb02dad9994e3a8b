"""The exchange's operator: cancels deals while members trade, through the console, and notes what was answered.

A line of `operator.log` is a deal's number and the answer: an HTTP status, or `lost` where none came.
"""

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path

from scripts.soak.member import Address

PATIENCE = 10.0
DONE = "200"
LOST = "lost"


class Operator:
    """Speaks to one venue's console."""

    def __init__(self, address: Address, path: Path) -> None:
        self._url = f"http://{address.host}:{address.port}/api/operator"
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="ascii")

    async def bust(self, deal: str) -> None:
        """Have a deal cancelled."""
        said = {"command": "bust_deal", "deal": deal, "number": "31", "reason": "a slip of the keyboard"}
        answer = await asyncio.to_thread(self._post, said)
        with self._path.open("a", encoding="ascii") as file:
            file.write(f"{deal} {answer}\n")

    def _post(self, said: dict[str, str]) -> str:
        headers = {"Authorization": "Bearer rehearsal", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url, json.dumps(said).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return str(response.status)
        except urllib.error.HTTPError as error:
            return str(error.code)
        except (OSError, ValueError):
            return LOST


def confirmed(path: Path) -> list[str]:
    """Return the deals whose cancelling was answered as in force."""
    if not path.exists():
        return []
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return [deal for deal, answer in lines if answer == DONE]
