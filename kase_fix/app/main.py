"""The command line `kase-fix`."""

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kase_fix.rulebook.files import ConfigurationError

DEFAULT_REHEARSAL = "2020-05-27T10:10:00"
"""Almaty: the day this edition of the Regulation came into force, before the first window opens."""

STOPPED_READING = 128 + 13
"""What a shell tells of a program that SIGPIPE ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 2 with one line for what was typed or configured wrong."""
    parser = _parser()
    given, more = parser.parse_known_args(arguments)
    run: Callable[[argparse.Namespace], int] = given.run
    if run is _operator and not any(word.startswith("-") for word in more):
        given.words += more  # what stood behind an option
    elif more:
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    try:
        code = run(given)
        sys.stdout.flush()  # here, not at the interpreter's end, where a reader that is gone cannot be dealt with
    except ConfigurationError as error:
        print(f"kase-fix: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `kase-fix schedule | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return STOPPED_READING
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kase-fix", description="FIX trading gateway and engine of the exchange")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands)
    schedule = commands.add_parser("schedule", help="the day's windows by board, each with its article")
    schedule.add_argument("--date", type=dt.date.fromisoformat, default=None, help="YYYY-MM-DD; today")
    schedule.add_argument("--cfg", help="directory of the configuration")
    schedule.set_defaults(run=_schedule)
    scenario = commands.add_parser("scenario", help="play QA stories").add_subparsers(required=True, metavar="ACTION")
    play = scenario.add_parser("run", help="play stories against a fresh venue, or one elsewhere")
    play.add_argument("paths", nargs="+", metavar="PATH")
    play.add_argument("--against", metavar="HOST", help="a venue that runs already")
    play.add_argument("--report", metavar="FILE.html")
    play.add_argument("--junit", metavar="FILE.xml")
    play.set_defaults(run=_scenario)
    for name, text, run in (
        ("replay", "replay a journal and show the state it leads to", _replay),
        ("verify", "replay a journal and compare it with its own hashes", _verify),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--data", required=True, help="the venue's data directory")
        command.set_defaults(run=run)
        if name == "replay":
            command.add_argument("--until", metavar="SEQ|TIME", help="a command's number, or an Almaty time")
            command.add_argument("--book", metavar="SYMBOL")
            command.add_argument("--events", action="store_true", help="print every event")
    report = commands.add_parser("report", help="what a day has come to").add_subparsers(required=True, metavar="WHAT")
    results = report.add_parser("day", help="results of the day: deals, prices, volumes, obligations, availability")
    results.add_argument("--date", metavar="D", help="YYYY-MM-DD; the journal's last operational day")
    results.add_argument("--data", default="data", help="the venue's data directory, running or not")
    results.add_argument("--out", metavar="FILE", help="written as .txt, .csv or .html; text to the terminal")
    results.set_defaults(run=_report_day)
    operator = commands.add_parser("operator", help="a command of the makler or the administrator")
    operator.add_argument("name", metavar="COMMAND", help="widen_limit, suspend, change_trading_time, ...")
    operator.add_argument(
        "words", nargs="*", metavar="KEY=VALUE", help="its arguments; actor, reason, document, ground"
    )
    operator.add_argument("--console", metavar="URL", help="the venue's console; http://127.0.0.1:8080")
    operator.add_argument("--token", help="the operator's token; else that of the environment's KASE_FIX_TOKEN")
    operator.set_defaults(run=_operator)
    _add_member(commands)
    bench = commands.add_parser("bench", help="measure beside a peer").add_subparsers(required=True, metavar="WHAT")
    core = bench.add_parser("core", help="the book alone and the whole engine, commands a second")
    core.add_argument("--json", action="store_true")
    core.add_argument("--commands", type=int, default=200_000)
    core.set_defaults(run=_bench_core)
    gateway = bench.add_parser("gateway", help="what the doorman adds to a round trip, plain and over TLS")
    gateway.add_argument("--json", action="store_true")
    gateway.add_argument("--round-trips", type=int, default=2000)
    gateway.set_defaults(run=_bench_gateway)
    feed = bench.add_parser("feed", help="market data for 1, 10 and 100 vendors, and what it costs the orders")
    feed.add_argument("--json", action="store_true")
    feed.add_argument("--deals", type=int, default=200)
    feed.set_defaults(run=_bench_feed)
    resend = bench.add_parser("resend", help="a member asks for many reports again while another one trades on")
    resend.add_argument("--json", action="store_true")
    resend.add_argument("--reports", type=int, default=100_000)
    resend.set_defaults(run=_bench_resend)
    recovery = bench.add_parser("recovery", help="seconds from a crash on a heavy day to `ready`")
    recovery.add_argument("--json", action="store_true")
    recovery.add_argument("--commands", type=int, default=1_000_000)
    recovery.set_defaults(run=_bench_recovery)
    return parser


def _add_member(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    actions = commands.add_parser("member", help="users: who is on, passwords, suspensions").add_subparsers(
        required=True, metavar="ACTION"
    )
    for name, text in (
        ("list", "the register; * where a user is on"),
        ("add", "a new user of a member that is known; he can log on from the venue's next start on"),
        ("password", "a new password, typed or from standard input"),
        ("suspend", "end a user's sessions and let him in no more"),
        ("restore", "let a suspended user in again"),
    ):
        action = actions.add_parser(name, help=text)
        if name != "list":
            action.add_argument("user", metavar="USER")
        if name == "add":
            action.add_argument("--firm", required=True, help="the member whose user he is")
            action.add_argument("--dialect", required=True, help="FIX44 or NEXT")
            action.add_argument("--services", required=True, help="api, md, dropcopy; several with commas between them")
            action.add_argument("--accounts", default="", help="his own, with commas between them; needed with api")
            action.add_argument("--title", default="", help="for people")
            action.add_argument(
                "--generate", action="store_true", help="make a password and show it, once; else it is typed or read"
            )
        if name == "suspend":
            action.add_argument("--reason", required=True, help="what his Logout says")
        action.add_argument(
            "--data", metavar="DIR", help="the directory of a stopped venue; else a running one's console"
        )
        action.add_argument("--cfg", help="with --data: directory of the configuration")
        action.add_argument("--console", metavar="URL", help="the venue's console; http://127.0.0.1:8080")
        action.add_argument("--token", help="the operator's token; else that of the environment's KASE_FIX_TOKEN")
        action.set_defaults(run=_member, action=name)


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="run the venue")
    serve.add_argument("--cfg", help="directory of the configuration")
    serve.add_argument("--data", default="data", help="directory of all state")
    serve.add_argument(
        "--rehearsal",
        nargs="?",
        const=DEFAULT_REHEARSAL,
        metavar="DATETIME",
        help=f"a clock of our own, put to this Almaty time ({DEFAULT_REHEARSAL})",
    )
    serve.add_argument("--speed", type=float, default=0.0, help="how fast the rehearsal's clock runs; 0: it stands")
    serve.add_argument("--robots", action="store_true", help="members that trade by themselves")
    serve.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override a configuration key")
    serve.set_defaults(run=_serve)


def _serve(given: argparse.Namespace) -> int:
    from kase_fix.app.serve import serve

    return serve(given.cfg, Path(given.data), given.rehearsal, given.speed, given.robots, given.set)


def _schedule(given: argparse.Namespace) -> int:
    from kase_fix.app.settings import configuration_directory
    from kase_fix.calendar.working_days import Calendars
    from kase_fix.rulebook.files import load_calendar_decisions, load_market
    from kase_fix.schedule.page import lines

    directory = configuration_directory(given.cfg)
    date = given.date or dt.date.today()
    for line in lines(date, load_market(directory), Calendars(load_calendar_decisions(directory))):
        print(line)
    return 0


def _scenario(given: argparse.Namespace) -> int:
    from kase_fix.scenario.run import run

    return run(given.paths, given.against, given.report, given.junit)


def _replay(given: argparse.Namespace) -> int:
    from kase_fix.app.replaying import show

    return show(Path(given.data), given.until, given.book, given.events)


def _verify(given: argparse.Namespace) -> int:
    from kase_fix.app.replaying import verify

    return verify(Path(given.data))


def _report_day(given: argparse.Namespace) -> int:
    from kase_fix.app.report.day import report

    return report(Path(given.data), given.date, given.out)


def _operator(given: argparse.Namespace) -> int:
    from kase_fix.app.operator import operate

    return operate(given.name, given.words, given.console, given.token)


def _member(given: argparse.Namespace) -> int:
    from kase_fix.app.member import member

    user, reason = getattr(given, "user", ""), getattr(given, "reason", "")
    asked = ("firm", "dialect", "services", "accounts", "title")
    new = {word: str(getattr(given, word)) for word in asked} if given.action == "add" else {}
    made = getattr(given, "generate", False)
    return member(given.action, user, reason, given.data, given.cfg, given.console, given.token, new, made)


def _bench_core(given: argparse.Namespace) -> int:
    from kase_fix.app.bench_core import bench

    return bench(given.commands, given.json)


def _bench_gateway(given: argparse.Namespace) -> int:
    from kase_fix.app.bench_gateway import bench

    return bench(given.round_trips, given.json)


def _bench_feed(given: argparse.Namespace) -> int:
    from kase_fix.app.bench_feed import bench

    return bench(given.deals, given.json)


def _bench_resend(given: argparse.Namespace) -> int:
    from kase_fix.app.bench_resend import bench

    return bench(given.reports, given.json)


def _bench_recovery(given: argparse.Namespace) -> int:
    from kase_fix.app.bench_recovery import bench

    return bench(given.commands, given.json)
