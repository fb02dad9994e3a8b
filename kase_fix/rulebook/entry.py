"""An entry of the catalogue of refusals."""

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """One reason of the catalogue."""

    code: str
    next: int
    fix44: int
    english: str
    russian: str
    cancel: int = 99
