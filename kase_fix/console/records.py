"""What happened today, command by command, and what went wrong."""

from starlette.requests import Request
from starlette.responses import Response

from kase_fix.console.answers import answer, for_the_house, fresh, whole_number
from kase_fix.console.moments import iso
from kase_fix.console.plain import Plain, plain_events

PAGE = 500
"""Commands in one answer at the most: some tens of milliseconds of work."""
ANY_NUMBER = 2**63 - 1


async def events(request: Request) -> Response:
    """`GET /api/events?after=SEQ&limit=N`: the day's events, whole commands at a time.

    `next` is what to ask `after` for those that follow; `more` says that there are some by now. `first` is the
    earliest command of the day that is kept.
    """
    for_the_house(request)
    after = whole_number(request, "after", 0, 0, ANY_NUMBER)
    limit = whole_number(request, "limit", PAGE, 1, PAGE)
    picture = await fresh(request)
    page = picture.log.after(after, limit + 1)
    more = len(page) > limit
    page = page[:limit]
    shown: list[Plain] = []
    for published in page:
        shown.extend(plain_events(published, picture.decimals))
    return answer(
        {
            "seq": picture.seq,
            "first": picture.log.first,
            "next": page[-1].number if page else after,
            "more": more,
            "events": shown,
        }
    )


async def incidents(request: Request) -> Response:
    """`GET /api/incidents`: commands that ended in a defect, latest first."""
    picture = await fresh(request)
    return answer(
        {
            "seq": picture.seq,
            "incidents": [
                {
                    "seq": incident.number,
                    "time": iso(incident.time),
                    "incident": "command_failed",
                    "defect": incident.defect,
                    "user": incident.user,
                    "cl_ord_id": incident.cl_ord_id,
                }
                for incident in reversed(picture.incidents)
            ],
        }
    )


async def letters(request: Request) -> Response:
    """`GET /api/letters`: what members wrote to the operator today, latest first."""
    for_the_house(request)
    picture = await fresh(request)
    return answer(
        {
            "seq": picture.seq,
            "letters": [
                {
                    "seq": letter.number,
                    "time": iso(letter.time),
                    "user": letter.said.user,
                    "firm": letter.said.firm,
                    "subject": letter.said.subject,
                    "text": letter.said.text,
                    "reference": letter.said.reference,
                }
                for letter in reversed(picture.letters.received)
            ],
        }
    )
