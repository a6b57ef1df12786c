"""The commands that maintain an archive: `check`, `backup` and `compact`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from archive.cli.common import archive_file, as_user_error, json_option, print_json, say
from archive.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from archive.operations.backup import Backup
    from archive.operations.check import Finding

MEGABYTE = 1_000_000


@click.command()
@click.option("--repair", is_flag=True, help="Repair what can be rebuilt, under the archive's lock.")
@json_option
@archive_file
def check(archive: Path, repair: bool, as_json: bool) -> None:
    """Check the integrity of the archive: the database, its full-text index, references between rows, every raw page.

    Works while a crawl runs. --repair rebuilds indexes, deletes orphaned rows, cuts off torn ends of WARC files, and
    clears the reference of a fetch to a raw page that is lost or damaged; no other job may run then. Exit code 1 when
    there are problems, or with --repair when some are left.

    \b
    Example:
      healthnews check
      healthnews check --repair
    """
    from dataclasses import asdict

    from archive.console.output import page, prose_console
    from archive.operations.check import check as run
    from archive.operations.check.context import counted

    with _user_errors(), _progress("Checking") as progress:
        findings = run(archive, repair=repair, progress=progress)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        page(*_findings(findings), out=prose_console())
    if left := sum(finding.left for finding in findings):
        mendable = not repair and any(finding.mendable for finding in findings)
        more = "--repair mends what it can" if mendable else "docs/operations.md says what helps"
        say(f"{counted(left, 'problem')} in {archive}: {more}.")
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--no-warc", is_flag=True, help="Copy the database only, without the raw pages.")
@json_option
@archive_file
def backup(archive: Path, file: Path, no_warc: bool, as_json: bool) -> None:
    """Copy the archive to FILE and its WARC files to the folder beside that, and verify the copy.

    Works while a crawl runs; the copy is a consistent snapshot. An older backup in FILE is replaced when the new one is
    complete, and raw pages that it has are not copied again. FILE is a normal archive: `healthnews --archive FILE`.

    \b
    Example:
      healthnews backup /mnt/backup/healthnews.db
    """
    from dataclasses import asdict

    from archive.operations.backup import backup as run

    started = monotonic()
    with _user_errors(), _progress("Copying, MB", unit=MEGABYTE) as progress:
        made = run(archive, file, warc=not no_warc, progress=progress)
    seconds = monotonic() - started
    if as_json:
        print_json(asdict(made) | {"seconds": round(seconds, 3)})
    else:
        click.echo(_backup_line(made, seconds))
    if made.warc and made.warc.missing:
        for name in made.warc.missing:
            say(f"{name} is missing or too short in the archive: run healthnews check.")
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


@click.command()
@json_option
@archive_file
def compact(archive: Path, as_json: bool) -> None:
    """Rebuild the database so that it is small and fast; no other job may run meanwhile, readers may.

    Useful after many removals, or once a year.

    \b
    Example:
      healthnews compact
    """
    from dataclasses import asdict

    from archive.operations.compact import compact as run

    with _user_errors(), _progress("Compacting") as progress:
        done = run(archive, progress=progress)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(f"{done.before / MEGABYTE:,.1f} MB before, {done.after / MEGABYTE:,.1f} MB after")
    if done.read:
        say("A reader has the archive open: the space is given back when it ends.")


@contextmanager
def _user_errors() -> Iterator[None]:
    """Turn errors that the user can correct into UserError, with the exit code."""
    from archive.errors import ArchiveError, BusyError

    try:
        yield
    except (ArchiveError, BusyError) as error:
        raise as_user_error(error) from error


@contextmanager
def _progress(title: str, unit: int = 1) -> Iterator[Callable[[int, int], None]]:
    from archive.console import tables

    with tables.progress(title) as advance:
        yield lambda done, total: advance({"done": done // unit}, -(-total // unit))


def _backup_line(made: "Backup", seconds: float) -> str:
    parts = [f"{made.file}: {made.articles:,} articles, {made.bytes / MEGABYTE:,.1f} MB"]
    if made.warc:
        copied, unchanged = made.warc.copied, made.warc.unchanged
        parts.append(f"WARC files: {copied} copied, {made.warc.bytes / MEGABYTE:,.1f} MB, {unchanged} as they were")
    return "; ".join([*parts, f"{seconds:.1f} seconds"])


def _findings(findings: "tuple[Finding, ...]") -> "Iterator[RenderableType]":
    """Yield a line for each check, and below them the problems and repairs."""
    from archive.console.cjk_wrap import prose
    from archive.console.tables import table
    from archive.operations.check.context import counted

    grid = table("check", "result")
    for finding in findings:
        left = f", {finding.left:,} left" if finding.mended else ""
        grid.add_row(finding.check, f"{counted(finding.problems, 'problem')}{left}" if finding.problems else "ok")
    yield grid
    for finding in findings:
        more = finding.problems - len(finding.examples)
        for line in (*finding.examples, f"and {more:,} more" if more else "", finding.mended):
            if line:
                yield prose(f"{finding.check}: {line}")
