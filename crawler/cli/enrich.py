"""`healthnews works`, with the options `--resolve`, which needs the network, and `--link`."""

from pathlib import Path
from typing import Any

import click

from archive.cli.common import archive_file, opened
from archive.cli.literature import index_option, link_stored
from archive.cli.works import show_works, works_options
from archive.errors import ExitCode, UserError


@click.command()
@works_options
@click.option(
    "--resolve", is_flag=True, help="First look up missing identifiers at Crossref and NCBI. Needs a contact."
)
@click.option("--link", is_flag=True, help="First look for the papers behind articles, in the bibliographic index.")
@index_option
@click.option("--contact", help="E-mail address for the services' operators; also $HEALTHNEWS_CONTACT.")
@archive_file
def works(
    archive: Path, resolve: bool, link: bool, index_file: Path | None, contact: str | None, **options: Any
) -> None:
    """List the works that articles cite, most cited first; or show works by identifier or TEXT, with citing articles.

    Results of --resolve are stored apart from the printed data, and each work is looked up once. So are those of
    --link: the paper that an article probably reports on, with the probability and the passages that speak for it.

    \b
    Example:
      healthnews works --site who --year 2016
      healthnews works 10.1016/j.cell.2006.07.024
      healthnews works --resolve --contact you@example.org
      healthnews works --link
    """
    problems = _resolve(archive, contact) if resolve else ()
    if link:
        link_stored(archive, index_file, options["site"])
    show_works(archive, **options)
    for sentence in problems:
        click.echo(sentence, err=True)
    if problems:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _resolve(archive: Path, contact: str | None) -> tuple[str, ...]:
    """Look up unresolved works and print the counts; return the problems. Raises UserError without a contact."""
    import os

    from archive.console.tables import progress
    from crawler.enrichment.resolve import resolve
    from crawler.identity import CONTACT_VARIABLE

    address = (contact or os.environ.get(CONTACT_VARIABLE) or "").strip()
    if not address:
        raise UserError(
            f"Crossref and NCBI look-ups need a contact: pass --contact you@example.org, or set ${CONTACT_VARIABLE}."
        )
    with opened(archive) as db, progress("Looking up") as advance:
        try:
            done = resolve(db, address, progress=advance)
        except KeyboardInterrupt:
            raise SystemExit(ExitCode.INTERRUPTED) from None
    counts = ", ".join(f"{number} {outcome}" for outcome, number in done.counts.most_common())
    click.echo(f"Looked up: {counts}" if counts else "Nothing is left to look up.", err=True)
    malformed = done.counts["malformed"]
    more = (f"{malformed} answers were not as documented: see the table lookups.",) if malformed else ()
    return (*done.errors, *more)
