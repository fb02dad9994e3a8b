"""The scenario language: a file of lines becomes a story of steps, or an error with its line."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from kase_fix.scenario.dictionary import Dictionary, UnknownName, dictionary_of
from kase_fix.scenario.fields import (
    bare,
    one_word,
    pairs_only,
    read_date,
    read_fields,
    read_span,
    read_time,
    settings,
    words_only,
)
from kase_fix.scenario.register import dialect_of
from kase_fix.scenario.scan import Token, Unreadable, Word, clause_in, scan, split_comment
from kase_fix.scenario.story import (
    Action,
    Actor,
    AnyValue,
    Capture,
    ChangeMember,
    CheckBook,
    CheckDeals,
    CheckLetters,
    Drop,
    EndVenue,
    Entries,
    Expect,
    ExpectClosed,
    ExpectNothing,
    Fields,
    Logon,
    Logout,
    MoveClock,
    OpenVenue,
    Operator,
    Raw,
    ScriptError,
    Send,
    Step,
    Story,
)

LOGOUT = "5"
SERVICES = ("api", "md", "dc")
_NAME = re.compile(r"[A-Za-z0-9_-]+$")


def parse(path: Path) -> Story:
    """Return the story in this file. Raises `ScriptError`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(path, 1, str(error)) from error
    return _Reader(path).read(text)


class _Reader:
    """Reads one file from top to bottom; keeps what later lines need to know of earlier ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.line = 0
        self.title = ""
        self.clauses: list[str] = []
        self.clause = ""
        self.steps: list[Step] = []
        self.captured: set[str] = set()
        self.first_service: dict[str, str] = {}
        self.commands: dict[str, Callable[[list[Token]], Action]] = {
            "venue": self._venue,
            "at": self._at,
            "advance": self._advance,
            "restart": lambda tokens: bare(tokens, EndVenue(kill=False)),
            "kill": lambda tokens: bare(tokens, EndVenue(kill=True)),
            "book": lambda tokens: CheckBook(one_word(tokens)),
            "deals": lambda tokens: CheckDeals(one_word(tokens)),
            "letters": lambda tokens: bare(tokens, CheckLetters()),
            "operator": self._operator,
            "member": self._member,
        }

    def read(self, text: str) -> Story:
        pending = ""
        for number, line in enumerate(text.splitlines(), 1):
            if not pending:
                self.line = number
            if line.rstrip().endswith("\\"):
                pending += line.rstrip()[:-1] + " "
                continue
            try:
                self._line(pending + line)
            except (Unreadable, UnknownName) as error:
                raise ScriptError(self.path, self.line, str(error)) from error
            pending = ""
        if pending:
            raise ScriptError(self.path, self.line, "the last line goes on nowhere")
        return Story(self.path, self.title or self.path.stem, tuple(self.clauses), tuple(self._settled()))

    def _settled(self) -> list[Step]:
        """Mark the logons whose refusal the story waits for: the actor's next line says so."""
        steps = list(self.steps)
        for index, step in enumerate(steps):
            if not isinstance(step.action, Logon):
                continue
            actor = step.action.actor
            later = (one.action for one in steps[index + 1 :] if getattr(one.action, "actor", None) == actor)
            answer = next(later, None)
            if isinstance(answer, ExpectClosed) or (isinstance(answer, Expect) and answer.kind == LOGOUT):
                logon = Logon(actor, step.action.fields, refusal_expected=True)
                steps[index] = Step(step.line, step.source, logon, step.clause)
        return steps

    def _line(self, line: str) -> None:
        code, comment = split_comment(line)
        words, clause = clause_in(comment)
        if clause:
            if clause not in self.clauses:
                self.clauses.append(clause)
            if not code.strip():
                self.clause = clause
        if not code.strip():
            if not self.title and not self.steps:
                self.title = words
            return
        if code[0].isspace() and self.steps and "|" in code and '"' not in code:
            self._row(code)
            return
        source = code.strip()
        action = self._action(scan(source))
        self.steps.append(Step(self.line, " ".join(source.split()), action, clause or self.clause))

    def _action(self, tokens: list[Token]) -> Action:
        first = tokens[0]
        if not isinstance(first, Word) or first.quoted:
            raise Unreadable("a line begins with an actor or with a command of the venue")
        if first.text in self.commands:
            return self.commands[first.text](tokens[1:])
        if not _NAME.match(first.text) or len(tokens) < 2 or not isinstance(tokens[1], Word):
            raise Unreadable(f"nothing is called {first.text!r} here")
        return self._of_actor(first.text, tokens[1:])

    def _of_actor(self, user: str, tokens: list[Token]) -> Action:
        service = ""
        if isinstance(tokens[0], Word) and tokens[0].text in SERVICES:
            service, tokens = tokens[0].text, tokens[1:]
        if not tokens or not isinstance(tokens[0], Word):
            raise Unreadable(f"what does {user} do?")
        verb, rest = tokens[0].text, tokens[1:]
        if verb == "logon":
            self.first_service.setdefault(user, service or "api")
        actor = Actor(user, service or self.first_service.get(user, "api"))
        dictionary = dictionary_of(dialect_of(user))
        if verb in ("logon", "logout"):
            fields = self._sent(read_fields(pairs_only(rest), dictionary))
            return Logon(actor, fields) if verb == "logon" else Logout(actor, fields)
        if verb == "drop":
            return bare(rest, Drop(actor))
        if verb == "raw":
            return Raw(actor, one_word(rest))
        if verb == ">":
            kind, fields = self._message(rest, dictionary)
            return Send(actor, kind, self._sent(fields))
        if verb == "<":
            return self._expect(actor, rest, dictionary)
        raise Unreadable(f"{user} cannot {verb!r}: logon, logout, drop, raw, > or < was expected")

    def _message(self, tokens: list[Token], dictionary: Dictionary) -> tuple[str, Fields]:
        if not tokens or not isinstance(tokens[0], Word):
            raise Unreadable("which message?")
        kind = tokens[0].text if tokens[0].quoted else dictionary.message(tokens[0].text)
        return kind, read_fields(pairs_only(tokens[1:]), dictionary)

    def _expect(self, actor: Actor, tokens: list[Token], dictionary: Dictionary) -> Action:
        exactly, within = False, None
        words = [token.text if isinstance(token, Word) else "" for token in tokens]
        if "within" in words:
            place = words.index("within")
            if place + 1 >= len(words):
                raise Unreadable("within what time?")
            within = read_span(words[place + 1])
            tokens = tokens[:place] + tokens[place + 2 :]
        if tokens and tokens[-1] == Word("exactly"):
            exactly, tokens = True, tokens[:-1]
        if tokens == [Word("nothing")]:
            if within is None:
                raise Unreadable("silence needs a time: < nothing within 300ms")
            return ExpectNothing(actor, within)
        if tokens == [Word("closed")]:
            return ExpectClosed(actor, within)
        kind, fields = self._message(tokens, dictionary)
        self._capture(fields)
        return Expect(actor, kind, fields, exactly, within)

    def _capture(self, fields: Fields) -> None:
        for _, value in fields:
            if isinstance(value, Capture):
                self.captured.add(value.name)
            elif isinstance(value, Entries):
                for entry in value.entries:
                    self._capture(entry)

    def _sent(self, fields: Fields) -> Fields:
        """Return the fields if all that they send is known when the line is played."""
        for _, value in fields:
            if isinstance(value, Capture) and value.name not in self.captured:
                raise Unreadable(f"?{value.name} was not captured before this line")
            if isinstance(value, AnyValue):
                raise Unreadable("* can be expected, not sent")
            if isinstance(value, Entries):
                for entry in value.entries:
                    self._sent(entry)
        return fields

    def _venue(self, tokens: list[Token]) -> Action:
        if len(tokens) < 2 or not isinstance(tokens[0], Word) or not isinstance(tokens[1], Word):
            raise Unreadable("a venue opens at a moment: venue 2020-05-27 10:20:00")
        moment = dt.datetime.combine(read_date(tokens[0].text), read_time(tokens[1].text))
        return OpenVenue(moment, settings(tokens[2:]))

    def _at(self, tokens: list[Token]) -> Action:
        words = words_only(tokens)
        if len(words) == 2:
            return MoveClock(read_time(words[1]), read_date(words[0]))
        return MoveClock(read_time(one_word(tokens)))

    def _advance(self, tokens: list[Token]) -> Action:
        return MoveClock(by=read_span(one_word(tokens)))

    def _operator(self, tokens: list[Token]) -> Action:
        if not tokens or not isinstance(tokens[0], Word):
            raise Unreadable("which command of the operator?")
        rest, last, words = tokens[1:], tokens[-1], ""
        if tokens[-2:-1] == [Word("refused")] and isinstance(last, Word):
            rest, words = rest[:-1], last.text
        refused = bool(rest) and rest[-1] == Word("refused")
        return Operator(tokens[0].text, settings(rest[:-1] if refused else rest), refused, words)

    def _member(self, tokens: list[Token]) -> Action:
        words = words_only(tokens)
        if len(words) == 3 and words[0] == "suspend":
            return ChangeMember(*words)
        if len(words) == 2 and words[0] == "restore":
            return ChangeMember(*words)
        raise Unreadable('a user is changed by  member suspend USER "reason"  or  member restore USER')

    def _row(self, code: str) -> None:
        step = self.steps[-1]
        cells = [cell.strip() for cell in code.split("|")]
        action = step.action
        if isinstance(action, CheckBook) and len(cells) == 3 and cells[1] and (cells[0] or cells[2]):
            action = CheckBook(action.symbol, (*action.rows, (cells[0], cells[1], cells[2])))
        elif isinstance(action, CheckDeals) and len(cells) in (2, 3) and all(cells):
            action = CheckDeals(action.symbol, (*action.rows, tuple(cells)))
        elif isinstance(action, CheckLetters) and len(cells) == 3 and all(cells):
            action = CheckLetters((*action.rows, tuple(cells)))
        else:
            raise Unreadable(
                "a row is  bid | price | ask  below book,  price | quantity  below deals,  user | subject | text"
            )
        self.steps[-1] = Step(step.line, step.source, action, step.clause)
