"""A message to the operator: Email(C), in NEXT with the text in Message(5204), else in the lines of 33."""

from kase_fix.gateway.dialect import reading
from kase_fix.gateway.dialect.fix_text import Fields
from kase_fix.gateway.dialect.problems import SessionReason, conditionally_missing, wrong
from kase_fix.messages.letters import GREATEST_LETTER, GREATEST_SUBJECT, TellOperator

SUBJECT, MESSAGE, LINE = 147, 5204, 58


def letter(fields: Fields, user: str) -> TellOperator:
    """Read C. Raises `Unreadable`: 373=1 without a subject, 380=5 without a text, 373=5 for one that is too long."""
    subject = reading.required(fields, 147)
    text = fields.get(5204) or "\n".join(fields.every(58))
    if not text:
        words = "The text stands in Message(5204), or in Text(58) of LinesOfText(33)"
        raise conditionally_missing(fields, words, fields.get(164, ""))
    for tag, said, most in ((SUBJECT, subject, GREATEST_SUBJECT), (MESSAGE, text, GREATEST_LETTER)):
        if len(said) > most:
            tag = tag if tag in fields else LINE
            raise wrong(fields, tag, SessionReason.OUT_OF_RANGE, f"Tag {tag} has at most {most} characters")
    return TellOperator(user, subject, text, fields.get(164, ""))
