"""Write the journal of this version for `tests/journals/`: `python -m tests.journal.keep`, before its release."""

from pathlib import Path

from kase_fix import __version__
from kase_fix.journal import writing
from tests.journal.written import closing, opening, trading, write

JOURNALS = Path(__file__).parent.parent / "journals"


def keep():
    """Write the journal and what it leads to."""
    writing.PREALLOCATE = 0
    directory = JOURNALS / __version__
    directory.mkdir(exist_ok=True)
    (directory / writing.FILE_NAME).unlink(missing_ok=True)
    orders = trading()
    written = write(directory, [opening(), *(orders[i : i + 3] for i in range(0, len(orders), 3)), closing()])
    (directory / "expected.txt").write_text(f"{len(written.commands)} {written.hashes[-1].hex()}\n", encoding="ascii")


if __name__ == "__main__":
    keep()
