"""Who decides, why, and by which document: what every decision of the exchange carries (art. 2-5, 7-9, 41)."""

import msgspec


class Decision(msgspec.Struct, frozen=True, array_like=True):
    """Who decides, and on what ground."""

    id: str
    actor: str
    """The office, and the person where known: `chairman`, `makler`, `administrator`, ..."""
    reason: str
    document: str = ""
    """Number of the order or decision it rests on."""
    ground: str = ""
    """The clause that allows it ("art. 4 p. 3 sp. 5")."""
