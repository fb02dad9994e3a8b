"""How long one who failed to log on has to wait: from a second to five minutes, for the pair of user and address.

Only new logons are asked; a session that is on is never touched, and another address of the user is not either. Names
nobody has are locked out like others, so that a lockout tells nothing about the register.
"""

import math
from collections import OrderedDict

GREATEST_USER = 64
"""Bytes of a name that are looked at: what strangers write does not fill memory."""
GREATEST_TABLE = 20_000
"""Pairs; of more than these the one that failed longest ago is forgotten."""


class Lockout:
    """Who has failed, how often in a row, and until when he is locked out. Times are the caller's, in seconds."""

    def __init__(self, first: float, greatest: float) -> None:
        """The first failure locks out for `first` seconds, each further one for twice as long, up to `greatest`."""
        self.first = first
        self.greatest = greatest
        self._failed: OrderedDict[tuple[bytes, str], tuple[int, float]] = OrderedDict()

    def seconds_left(self, user: bytes, address: str, now: float) -> int:
        """Return how long he still has to wait, 0 where he may try; asking prolongs nothing."""
        _, until = self._failed.get((user[:GREATEST_USER], address), (0, now))
        return max(0, math.ceil(until - now))

    def failed(self, user: bytes, address: str, now: float) -> None:
        """Note a failure at `now`: one after a quiet time as long as the greatest lockout is a first one again."""
        pair = (user[:GREATEST_USER], address)
        times, until = self._failed.pop(pair, (0, now))
        times = 1 if now - until > self.greatest else times + 1
        # min first: two to the power of a thousand failures is no float
        wait = min(self.greatest, self.first * 2 ** min(times - 1, 60))
        self._failed[pair] = (times, now + wait)
        if len(self._failed) > GREATEST_TABLE:
            self._failed.popitem(last=False)

    def succeeded(self, user: bytes, address: str) -> None:
        """Forget his failures."""
        self._failed.pop((user[:GREATEST_USER], address), None)
