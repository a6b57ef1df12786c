"""`healthnews changes`: what changed lately."""

from pathlib import Path
from typing import Any

import click

from archive.cli.common import archive_file, json_option, offered_program, print_json, reading, say
from archive.cli.query_options import CONTENTS, PLACES, QueryCommand, query_text, set_filters, with_options

EXAMINED = 10_000  # changes whose texts are compared where --min-size, --claims or --sort size needs it: about 10 s


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1)
@with_options(*PLACES, *CONTENTS)
@click.option("--since", metavar="DATE", help="Changes found on or after this day, month or year.")
@click.option("--until", metavar="DATE", help="Changes found on or before this day, month or year.")
@click.option(
    "--min-size",
    type=click.IntRange(0),
    default=0,
    help="Leave out smaller changes: characters removed plus characters added, in title and text, without white space.",
)
@click.option(
    "--claims", is_flag=True, help="Only changes that touch words of certainty, doubt or negation, or a number."
)
@click.option(
    "--sort", type=click.Choice(["date", "size"]), default="date", show_default=True, help="Latest or largest first."
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many changes; 0: all.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many changes to skip.")
@json_option
@archive_file
def changes(
    archive: Path,
    query: tuple[str, ...],
    since: str | None,
    until: str | None,
    min_size: int,
    claims: bool,
    sort: str,
    limit: int,
    offset: int,
    as_json: bool,
    **filters: Any,
) -> None:
    """List what changed lately: articles whose content changed or whose page went, with the changed passages.

    A query or filter selects the changes of which the text before or the text after matches: a word that was removed
    finds the change, and so does the word that took its place. --since and --until are about the time at which the
    crawler found the change; since:2024 in the query is about the date of publication.

    The words and numbers behind "hint" tell where a claim may have become stronger or weaker. They come from a list of
    words, so they are no verdict. In a pipe and without colour, changes are marked as [-removed-]{+added+}.

    \b
    Example:
      healthnews changes --limit 5
      healthnews changes 没有达到
      healthnews changes --claims --min-size 10 --since 2024-05 --json
    """
    from archive.articles.change_log import latest_changes
    from archive.console.changes import change_list
    from archive.console.output import page, prose_console

    with reading(archive) as db:
        found = latest_changes(
            db,
            query_text(query),
            set_filters(filters),
            since=since,
            until=until,
            min_size=min_size,
            claims=claims,
            sort=sort,
            limit=limit,
            offset=offset,
            most=EXAMINED,
        )
    if as_json:
        print_json([change.as_object() for change in found.changes])
        return
    if not found.changes:
        say("No change matches." if not offset else "No more changes.")
    out = prose_console()
    page(change_list(found, offset, marks=out.no_color or out.color_system is None, program=offered_program()), out=out)
