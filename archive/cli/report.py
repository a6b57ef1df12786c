"""`healthnews report`: alerts, the contents of the archive, and the last crawls."""

from pathlib import Path

import click

from archive.cli.common import archive_file, json_option, print_json, reading
from archive.cli.completion import archived_sites
from archive.errors import ExitCode, UserError


@click.command()
@click.option("--site", shell_complete=archived_sites, help="Only this site.")
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many crawls.")
@json_option
@archive_file
def report(archive: Path, site: str | None, limit: int, as_json: bool) -> None:
    """Show alerts, the contents of the archive, cited works that are retracted, and the last crawls.

    There are alerts for sites without new articles or with fewer articles, dates or references than before; feeds,
    sitemaps and listings that fail; many articles that disappear; certificates and robots.txt files that changed; held
    hosts; crawls that died; and jobs that no longer run. Exit code 1 when there is an alert.

    \b
    Example:
      healthnews report
      healthnews report --site who
    """
    from datetime import UTC, datetime

    from archive.console import report as present_report
    from archive.console.output import console, page
    from archive.errors import NotStoredError
    from archive.monitoring.alerts import current_alerts

    with reading(archive) as db:
        found = current_alerts(db, datetime.now(UTC), site=site)
        try:
            parts = present_report.of_archive(db, limit) if site is None else present_report.of_site(db, site, limit)
        except NotStoredError as error:
            raise UserError(str(error)) from error
    if as_json:
        print_json({"warnings": present_report.as_objects(found)} | parts.as_object)
    else:
        page(*present_report.alerts(found), *parts.tables, out=console())
    if found:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)
