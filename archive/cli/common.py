"""What the commands share, and those on the archive as a whole. Nothing heavy is imported before a command runs:
`search` must start fast."""

import functools
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.completion import archived_sites
from archive.errors import ExitCode, UserError

if TYPE_CHECKING:
    from sqlite_utils import Database


def archive_file(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the archive's path, which stands before the command's name, to the command as its first argument."""

    @click.pass_obj
    @functools.wraps(command)
    def with_archive(archive: Path, *args: Any, **kwargs: Any) -> Any:
        return command(archive, *args, **kwargs)

    return with_archive


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Healthnews(click.Group):
    """The command itself: it ends quietly when the reader of its output hangs up, and when it is interrupted."""

    def invoke(self, context: click.Context) -> Any:
        """Runs the command that was named. Raises SystemExit."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
        if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal may lack characters, as stderr has it by default
            sys.stdout.reconfigure(errors="backslashreplace")
        try:
            try:
                return super().invoke(context)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter would flush once more
            raise SystemExit(ExitCode.HUNG_UP) from None
        except KeyboardInterrupt:
            raise SystemExit(ExitCode.INTERRUPTED) from None


def print_json(value: Any) -> None:
    """Prints a value as JSON, in characters that standard output has."""
    has_all = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not has_all, indent=2))


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]…", shell_complete=archived_sites)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Extraction processes.")
@json_option
@archive_file
def reprocess(archive: Path, sites: tuple[str, ...], workers: int, as_json: bool) -> None:
    """Run today's extraction over the stored bytes again, of all pages or of those of SITE.

    \b
    Example:
      healthnews reprocess
    """
    from archive.articles.reprocess import reprocess as run
    from archive.console import tables
    from archive.console.output import console
    from archive.storage.connection import warc_folder

    with opened(archive) as db, tables.progress("Reprocessing") as advance:
        counts = run(db, warc_folder(archive), sites=sites, workers=workers, progress=advance)
    if as_json:
        print_json(counts)
    else:
        console().print(tables.counts_table("What came out", counts))
    if counts["failed"] or counts["unreadable"]:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


@click.command()
@click.option("--site", shell_complete=archived_sites, help="Only this site.")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many crawls.")
@json_option
@archive_file
def report(archive: Path, site: str | None, limit: int, as_json: bool) -> None:
    """Show what needs a look, what the archive holds, which cited works are retracted, and how the last crawls went.

    It warns of sites that have gone quiet or yield fewer articles, dates or references than before, of feeds, sitemaps
    and listings that fail, articles that went missing in numbers, certificates and robots.txt files that changed, hosts
    that wait, crawls that died, and jobs that no longer run. Exit code 1 when there is any of these.

    \b
    Example:
      healthnews report
      healthnews report --site who
    """
    from datetime import UTC, datetime

    from archive.console import report as present_report
    from archive.console.output import console, page
    from archive.errors import NotStoredError
    from archive.monitoring.alerts import alarms

    with reading(archive) as db:
        found = alarms(db, datetime.now(UTC), site=site)
        try:
            parts = present_report.of_archive(db, limit) if site is None else present_report.of_site(db, site, limit)
        except NotStoredError as error:
            raise UserError(str(error)) from error
    if as_json:
        print_json({"warnings": present_report.as_objects(found)} | parts.as_object)
    else:
        page(*present_report.alarms(found), *parts.tables, out=console())
    if found:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0: any free one.")
@archive_file
def serve(archive: Path, host: str, port: int) -> None:
    """Browse the archive in Datasette.

    \b
    Example:
      healthnews serve
    """
    from archive.cli.serve import run

    with opened(archive):
        pass  # a missing, foreign or older file is named, or migrated, before Datasette opens it
    run(archive, host, port)


def commands() -> Iterator[click.Command]:
    """The archive's commands, for the `healthnews` group."""
    from archive.cli.article import diff, show
    from archive.cli.completion import completion
    from archive.cli.maintenance import backup, check, compact
    from archive.cli.search import export, search
    from archive.cli.works import retractions

    yield from (search, show, diff, export, reprocess, report, retractions, serve, completion)
    yield from (check, backup, compact)


@contextmanager
def opened(archive: Path, *, reading: bool = False) -> "Iterator[Database]":
    """The archive, for the length of a command, which with `reading` only reads. Raises UserError with one sentence."""
    from archive.errors import ArchiveError
    from archive.storage.database import open_archive

    try:
        db = open_archive(archive, reading=reading)
    except ArchiveError as error:
        raise UserError(str(error)) from error
    try:
        yield db
    finally:
        db.close()


@contextmanager
def reading(archive: Path) -> "Iterator[Database]":
    """The archive in one state, for a command that only reads. Raises UserError with one sentence."""
    from archive.storage.connection import snapshot

    with opened(archive, reading=True) as db, snapshot(db):
        yield db
