"""Market makers: what one is bound to in an instrument, and how the exchange relieves him of it for a day (R-155)."""

import datetime as dt

import msgspec

from kase_fix.messages.decision import Decision
from kase_fix.values.numbers import Money, Price, Quantity


class Liability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member must quote in an instrument on a board. None: nothing of this kind is asked."""

    number: int
    firm: str
    symbol: str
    board: str
    spread: Price | None = None
    """MMakerMaxSpread(5123): between his best prices, in 10^-8 of the quoted unit."""
    spread_hundredths: int | None = None
    """MMakerMaxSpreadPerc(5124): of his best price to buy, hundredths of a per cent."""
    quantity: Quantity | None = None
    """MMakerMinQty(5125): at the best price of each side."""
    volume: Money | None = None
    """MMakerMinVol(5126): the same in money, minor units of the quote."""
    deviation_hundredths: int | None = None
    """MMakerLastDayPercDev(5127): of both prices from the last day's, hundredths of a per cent."""
    begins: dt.time | None = None
    """From when he must quote, Almaty wall time; None: from when the board trades."""
    ends: dt.time | None = None
    """Until when; None: as long as the board trades."""
    share_hundredths: int = 10_000
    """The part of that time in which he must quote, hundredths of a per cent."""
    released_after: Quantity | None = None
    """Having dealt so much on marked orders he need not quote any more today; None: he must."""

    @property
    def place(self) -> tuple[str, str, str]:
        """Whose it is, in what, and where."""
        return self.firm, self.symbol, self.board


class RelieveMaker(msgspec.Struct, frozen=True, array_like=True, tag="relieve_maker"):
    """A market maker need not quote an instrument until the day ends, or (`on` false) must again (R-158)."""

    by: Decision
    firm: str
    symbol: str
    on: bool


class MakerRelieved(msgspec.Struct, frozen=True, array_like=True, tag="maker_relieved"):
    """A market maker need not quote an instrument for the rest of the day, or must again."""

    firm: str
    symbol: str
    on: bool
