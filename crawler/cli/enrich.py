"""`healthnews works`: the archive's command, and `--resolve`, which asks the network."""

from pathlib import Path
from typing import Any

import click

from archive.cli.common import archive_file, opened
from archive.cli.works import show_works, works_options
from archive.errors import ExitCode, UserError


@click.command()
@works_options
@click.option("--resolve", is_flag=True, help="First ask Crossref and NCBI for what is not printed. Needs a contact.")
@click.option("--contact", help="E-mail address for the services' operators; also $HEALTHNEWS_CONTACT.")
@archive_file
def works(archive: Path, resolve: bool, contact: str | None, **asked: Any) -> None:
    """List the works that articles cite, most cited first; or show one, or those that hold TEXT, with who cites them.

    What --resolve finds is kept apart from what is printed, and asked for once.

    \b
    Example:
      healthnews works --site who --year 2016
      healthnews works 10.1016/j.cell.2006.07.024
      healthnews works --resolve --contact you@example.org
    """
    trouble = _resolve(archive, contact) if resolve else ()
    show_works(archive, **asked)
    for sentence in trouble:
        click.echo(sentence, err=True)
    if trouble:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _resolve(archive: Path, contact: str | None) -> tuple[str, ...]:
    """Asks what is open and says what came of it; returns what needs a look. Raises UserError without a contact."""
    import os

    from archive.console.tables import progress
    from crawler.enrichment.resolve import resolve
    from crawler.identity import CONTACT_VARIABLE

    whom = (contact or os.environ.get(CONTACT_VARIABLE) or "").strip()
    if not whom:
        raise UserError(
            f"Asking Crossref and NCBI needs a contact: pass --contact you@example.org, or set ${CONTACT_VARIABLE}."
        )
    with opened(archive) as db, progress("Asking") as advance:
        try:
            done = resolve(db, whom, progress=advance)
        except KeyboardInterrupt:
            raise SystemExit(ExitCode.INTERRUPTED) from None
    counts = ", ".join(f"{number} {outcome}" for outcome, number in done.counts.most_common())
    click.echo(f"Asked: {counts}" if counts else "Nothing is left to ask.", err=True)
    malformed = done.counts["malformed"]
    more = (f"{malformed} answers were not as documented: see the table lookups.",) if malformed else ()
    return (*done.errors, *more)
