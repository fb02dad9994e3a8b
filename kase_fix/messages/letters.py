"""What a member writes to the exchange's operator: a command, since nothing of it may be lost, and its event."""

import msgspec

GREATEST_SUBJECT = 100
GREATEST_LETTER = 2000
"""Characters."""


class TellOperator(msgspec.Struct, frozen=True, array_like=True, tag="tell_operator"):
    """Email(C) of `user` to the operator (art. 3 p. 3)."""

    user: str
    subject: str
    text: str
    reference: str = ""
    """The client's EmailThreadID(164)."""


class OperatorTold(msgspec.Struct, frozen=True, array_like=True, tag="operator_told"):
    """The operator has a message of a member; it changes nothing in the market."""

    user: str
    firm: str
    subject: str
    text: str
    reference: str = ""
