"""Where log lines go: to stderr, and in a venue to the data directory's `log` as well. Nothing goes to stdout."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import structlog


class Both:
    """A text stream that writes each line to several. One that takes none, as on a full disk, must stop nobody."""

    def __init__(self, *streams: TextIO) -> None:
        self._streams = streams

    def write(self, text: str) -> int:
        """Write to all."""
        for stream in self._streams:
            with suppress(OSError):
                stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush all."""
        for stream in self._streams:
            with suppress(OSError):
                stream.flush()


def log_to(directory: Path | None) -> None:
    """Send structured lines to stderr, and to `log` in the directory."""
    streams: list[TextIO] = [sys.stderr]
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        streams.append((directory / "log").open("a", encoding="utf-8"))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=Both(*streams)),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
