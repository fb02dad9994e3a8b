"""Has QuickFIX look at a session's clock: is a Heartbeat due, a TestRequest, the end of one who is silent or leaves?

QuickFIX 1.16 does so where its thread finds nothing to read for a second, by a count of processor time: while others
speak a little, but steadily, a silent session was left alone (measured, 20 s). It also does so behind any message
of the session itself, and takes no other notice of a Heartbeat with MsgSeqNum(34)=0 that is marked a PossDup.
"""

from kase_fix.gateway.doorman import fields

SECONDS = 1.0
"""One who says nothing for so long is nudged."""


def nudge(begin_string: bytes, user: bytes, target: bytes) -> bytes:
    """Return a message in a client's name that says nothing."""
    now = fields.sending_time()
    return fields.join(
        begin_string,
        (
            (fields.MSG_TYPE, b"0"),
            (fields.SENDER_COMP_ID, user),
            (fields.TARGET_COMP_ID, target),
            (fields.MSG_SEQ_NUM, b"0"),
            (fields.SENDING_TIME, now),
            (fields.POSS_DUP_FLAG, b"Y"),
            (fields.ORIG_SENDING_TIME, now),
        ),
    )
