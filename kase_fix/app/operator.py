"""`kase-fix operator COMMAND key=value ...`: a command of the makler or the administrator, through the console."""

import json
import os
import sys
import urllib.error
import urllib.request

USUAL_CONSOLE = "http://127.0.0.1:8080"
TOKEN_VARIABLE = "KASE_FIX_TOKEN"
REHEARSAL_TOKEN = "rehearsal"
PATIENCE = 30.0
"""Seconds."""
REFUSED, WRONG = 1, 2


def operate(command: str, words: list[str], console: str | None, token: str | None) -> int:
    """Send a command and print the answer; return 0, 1 where it was refused or not heard, 2 if it was typed wrong."""
    body: dict[str, object] = {"command": command}
    for word in words:
        key, separator, value = word.partition("=")
        if not separator or not key or key in body:
            print(f"kase-fix: '{word}': expected key=value, each key once", file=sys.stderr)
            return WRONG
        body[key] = value
    headers = {
        "Authorization": f"Bearer {token or os.environ.get(TOKEN_VARIABLE) or REHEARSAL_TOKEN}",
        "Content-Type": "application/json",
    }
    url = f"{(console or USUAL_CONSOLE).rstrip('/')}/api/operator"
    try:
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            print(_pretty(answer.read()))
        return 0
    except urllib.error.HTTPError as error:
        print(_pretty(error.read()), file=sys.stderr)
        return WRONG if error.code == 400 else REFUSED
    except (OSError, ValueError) as error:
        print(f"kase-fix: {url}: {error}", file=sys.stderr)
        return REFUSED


def _pretty(text: bytes) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text.decode("utf-8", errors="replace")
