"""The commands on works: the cited works, the articles that cite them, and retractions.

The command `works` itself is in `crawler.cli.enrich`, since its option `--resolve` needs the network.
"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archive.cli.common import archive_file, json_option, opened, print_json, reading, say
from archive.cli.completion import archived_sites
from archive.errors import ExitCode, UserError

OPTIONS = (
    click.argument("wanted", nargs=-1, metavar="[DOI, PMID, PMCID or TEXT]"),
    click.option(
        "--site", shell_complete=archived_sites, help="Only works that articles of this configured site cite."
    ),
    click.option("--year", type=click.IntRange(1000, 9999), help="Only works published in this year."),
    click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many works; 0: all."),
    click.option("--doubtful", is_flag=True, help="List the references that contradict themselves or a record."),
    json_option,
)
MAX_LINES = 10  # skipped lines that are listed on standard error


def works_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of `works` to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def show_works(
    archive: Path,
    wanted: tuple[str, ...],
    *,
    site: str | None,
    year: int | None,
    limit: int,
    doubtful: bool,
    as_json: bool,
) -> None:
    """Print the most cited works, the works that `wanted` names with the articles that cite them, or the doubtful
    references."""
    from archive.console import works
    from archive.console.output import console, page, prose_console
    from archive.console.paper_links import linking_articles
    from archive.works import queries
    from archive.works.paper_links import links_to

    if doubtful:
        if wanted or year:
            raise UserError("--doubtful lists references, by --site and --limit only: leave the rest out.")
        _show_doubtful(archive, site, limit, as_json=as_json)
        return
    if wanted and (site or year):
        raise UserError("--site and --year filter the list of works: leave them out when you name a work.")
    with reading(archive) as db:
        if not wanted:
            listed = queries.most_cited(db, site=site, year=year, limit=limit)
            articles = {}
        else:
            listed = queries.find_works(db, " ".join(wanted), limit=limit)
            articles = {work.id: queries.citing(db, work.id) for work in listed}
        links = links_to(db, " ".join(wanted)) if wanted else ()
    if as_json:
        objects = [
            asdict(work) | ({"cited_by": list(map(asdict, articles[work.id]))} if wanted else {}) for work in listed
        ]
        print_json(objects + [{"paper_link": asdict(each)} for each in links])
    elif not wanted and listed:
        page(works.works_table(listed), out=console())
    elif listed or links:
        texts = [works.work_text(work, articles[work.id]) for work in listed]
        page(*texts, *linking_articles(links), out=prose_console())
    elif wanted:
        say("The archive has no such work.")
    elif site or year:
        say("No work matches: try without --site or --year.")
    else:
        say("No article in this archive cites a work that could be told apart from others.")


def _show_doubtful(archive: Path, site: str | None, limit: int, *, as_json: bool) -> None:
    from archive.console.output import page, prose_console
    from archive.console.works import doubtful_text
    from archive.works.reference_checks import doubtful_references

    with reading(archive) as db:
        found = doubtful_references(db, site=site, limit=limit)
    if as_json:
        print_json([asdict(each) for each in found])
    elif found:
        page(*map(doubtful_text, found), out=prose_console())
    else:
        say("No reference contradicts itself or a record; `healthnews literature check` asks an index.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--pages", is_flag=True, help="List the pages that lean on flagged works, and when they said so.")
@click.option("--site", shell_complete=archived_sites, help="With --pages: only those of this site.")
@json_option
@archive_file
def retractions(archive: Path, file: Path | None, pages: bool, site: str | None, as_json: bool) -> None:
    """Load the Retraction Watch table from FILE, a CSV file, and list the cited works that it flags.

    Loading again replaces records by Record ID; records that are not in FILE stay. Works cited later are flagged too.

    --pages lists the pages that lean on retracted works or on ones with an expression of concern: how long it took
    until their text said so, or that it never did.

    \b
    Example:
      healthnews retractions retraction_watch.csv
      healthnews retractions --pages --site who
    """
    if file is None and not pages:
        raise UserError("Name the CSV file of the Retraction Watch table, or ask for --pages.")
    if file is not None and pages:
        raise UserError("--pages lists what is stored: load FILE first, without --pages.")
    if site and not pages:
        raise UserError("--site narrows --pages: name both.")
    if file is None:
        _show_pages(archive, site, as_json=as_json)
    else:
        _load_retractions(archive, file, as_json=as_json)


def _show_pages(archive: Path, site: str | None, *, as_json: bool) -> None:
    from archive.console.output import console, page
    from archive.console.works import leaning_table
    from archive.works.retraction_pages import leaning_pages

    with reading(archive) as db:
        found = leaning_pages(db, site=site)
    if as_json:
        print_json([asdict(each) for each in found])
    elif found:
        page(leaning_table(found), out=console())
    else:
        say("No page leans on a work that is retracted or has an expression of concern.")


def _load_retractions(archive: Path, file: Path, *, as_json: bool) -> None:
    from datetime import UTC, datetime

    from archive.console.output import console
    from archive.console.works import flagged_table
    from archive.monitoring import crawl_reports
    from archive.storage.connection import timestamp
    from archive.works.retraction_watch import RetractionTableError, load_table

    with opened(archive) as db:
        try:
            loaded = load_table(db, file, timestamp(datetime.now(UTC)))
        except RetractionTableError as error:
            raise UserError(str(error)) from error
        flagged = crawl_reports.retracted_works(db)
    if as_json:
        print_json(asdict(loaded) | {"flagged": list(map(asdict, flagged))})
    else:
        kept = f", {loaded.kept} from earlier files kept" if loaded.kept else ""
        click.echo(f"{loaded.new} records new, {loaded.replaced} replaced{kept}")
        console().print(flagged_table(flagged) if flagged else "No cited work is flagged.")
    _list_skipped(loaded.left, loaded.reasons)


def _list_skipped(left: tuple[tuple[int, str], ...], reasons: dict[str, int]) -> None:
    if not left:
        return
    why = "; ".join(f"{number} {reason}" for reason, number in reasons.items())
    say(f"{len(left)} lines were left out: {why}")
    for number, reason in left[:MAX_LINES]:
        say(f"  line {number}: {reason}")
    raise SystemExit(ExitCode.NEEDS_A_LOOK)
