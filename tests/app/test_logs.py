"""A log that cannot be written stops nobody: a callback that failed to say so would stop the acceptor."""

import errno
import io

import pytest

from kase_fix.app.logs import Both


class Full(io.StringIO):
    """A file on a full disk."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("full_first", [True, False])
def test_one_full_stream_costs_the_other_nothing(full_first):
    good = io.StringIO()
    both = Both(*((Full(), good) if full_first else (good, Full())))
    assert both.write("a line\n") == 7
    both.flush()
    assert good.getvalue() == "a line\n"
