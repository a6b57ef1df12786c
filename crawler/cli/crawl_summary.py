"""The end of a crawl: print the summary and the problems, write report files, and choose the exit code."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.common import print_json, unwritable
from archive.errors import ExitCode

if TYPE_CHECKING:
    from crawler.discovery.address_list import AddressList
    from crawler.run import CrawlResult


def check_files(paths: Iterable[Path | None]) -> None:
    """Raise UserError if a file cannot be written; checked before the crawl, which may take hours."""
    from archive.storage.atomic_file import check_writable

    for path in filter(None, paths):
        try:
            check_writable(path)
        except OSError as error:
            raise unwritable(path, error) from error


def conclude(
    archive: Path,
    outcome: "CrawlResult",
    *,
    named: bool,
    listed: "AddressList | None" = None,
    origin: str = "",
    as_json: bool,
    report_file: Path | None,
    metrics_file: Path | None,
) -> int:
    """Print the summary of the crawl, write the requested files, and return the exit code.

    `listed` are the addresses of the file `origin` that were crawled: what became of each is added.
    """
    import json

    from archive.cli.common import opened
    from archive.console.crawls import crawl_table
    from archive.console.output import console
    from archive.monitoring import crawl_reports
    from archive.monitoring.blocked_hosts import all_blocked
    from archive.monitoring.crawl_problems import crawl_problems
    from archive.storage.frontier import due_count, next_due_at
    from archive.storage.held_hosts import held_hosts
    from crawler.cli.address_outcomes import as_lines, as_object, bad_lines, outcomes

    with opened(archive) as db:
        report = crawl_reports.crawl(db, outcome.crawl_id)
        now = report.finished_at or report.started_at
        waiting, due = held_hosts(db, now, outcome.selection), due_count(db, outcome.selection, now)
        next_due = next_due_at(db, outcome.selection, now) if not due else None
        warnings = crawl_problems(db, outcome.crawl_id, every_page=named, now=now, selection=outcome.selection)
        warnings += outcome.warnings
        addresses = outcomes(db, listed.addresses) if listed else []
        warnings += bad_lines(origin, listed) if listed else []
        code = _exit_code(outcome, warnings, blocked=all_blocked(db, outcome.crawl_id, waiting))
        summary = crawl_reports.as_object(report, waiting, due, warnings)
        summary |= as_object(listed, addresses) if listed else {}
        failed = _write(report_file, json.dumps(summary, ensure_ascii=False, indent=2) + "\n")
        if metrics_file:
            from archive.monitoring.prometheus import exposition

            failed += _write(metrics_file, exposition(db, archive, report, code))
    if as_json:
        print_json(summary)
    else:
        console().print(crawl_table(report, waiting, due, next_due))
        for line in as_lines(listed, addresses) if listed else ():
            click.echo(line)
    for line in [*warnings, *failed]:
        click.echo(line, err=True)
    return code or (ExitCode.NEEDS_A_LOOK if failed else 0)


def _exit_code(outcome: "CrawlResult", warnings: list[str], *, blocked: bool) -> int:
    if outcome.interrupted:
        return ExitCode.INTERRUPTED
    if blocked:
        return ExitCode.BLOCKED
    return ExitCode.NEEDS_A_LOOK if warnings else 0


def _write(path: Path | None, text: str) -> list[str]:
    """Write the file, if one is given; return a sentence if that fails."""
    from archive.storage.atomic_file import write_whole

    try:
        if path:
            write_whole(path, text)
    except OSError as error:
        return [f"{path} cannot be written: {error.strerror}."]
    return []
