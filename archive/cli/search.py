"""The command `search`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, json_option, offered_program, print_json, reading_only, say
from archive.cli.query_options import QueryCommand, filter_options, query_text, set_filters
from archive.errors import UserError

if TYPE_CHECKING:
    from archive.console.lines import Line


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1)
@filter_options
@click.option(
    "--revisions", is_flag=True, help="Search past revisions, for text that the newest revision no longer has."
)
@click.option("--copies", is_flag=True, help="Show every duplicate of an article, not one hit for all.")
@click.option(
    "--sort",
    type=click.Choice(["rank", "date", "references", "advertising"]),
    default="rank",
    show_default=True,
    help="Best first, newest first, or most references or advertising first.",
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many hits; 0: all.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many hits to skip.")
@click.option("--count", "only_count", is_flag=True, help="Print the number of hits only.")
@json_option
@archive_file
def search(
    archive: Path,
    query: tuple[str, ...],
    revisions: bool,
    copies: bool,
    only_count: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Find articles by words, "phrases", -word, OR, prefix*, title:word, DOI or PMID.

    Filters may be words of the query too, such as site:who or since:2024; docs/searching.md describes the language.
    --gone needs no query: without one it lists all articles whose page is gone, the last one first. --revisions finds
    the articles of which a past revision matches and the newest does not, and shows the latest revision that matches;
    --sort date lists the text that was removed last first.

    --json prints a list of hits; --count --json an object: total, more (there are more than that many), and note.

    \b
    Example:
      healthnews search 干细胞 硬皮病
      healthnews search '"T cell" -mouse' --language en --sort date
      healthnews search 免疫 since:2024 has:references --limit 20 --offset 20
      healthnews search --gone --since 2023
      healthnews search --revisions 治愈率 --json
    """
    from archive.console.search import hit_lines, hit_object, total_text
    from archive.retrieval.advice import complaints, offers, searched
    from archive.retrieval.engine import search as find

    _check_query(query, revisions=revisions, gone=filters["gone"])
    narrowing = set_filters(filters)
    with reading_only(archive) as db:
        if revisions:
            from archive.retrieval.past_revisions import search as find_past

            results = find_past(db, query_text(query), **filters)
        else:
            results = find(db, query_text(query), copies=copies, **filters)
        unknown = complaints(db, query_text(query), narrowing)
        asks = not (results.total or as_json or only_count or revisions)
        wider = offers(db, query_text(query), narrowing) if asks else []
        wider = [offer for offer in wider if offer.query or offer.filters.get("gone")]  # others need words here
    for sentence in unknown:
        say(sentence)
    if as_json and only_count:
        print_json({"total": results.total, "more": results.more, "note": results.note})
    elif as_json:
        print_json([hit_object(hit) for hit in results.hits])
    elif only_count:
        click.echo(total_text(results))
    else:
        if not results.total:
            say(f"Nothing found for {searched(query_text(query), narrowing)}.")
        _print(hit_lines(results, filters["offset"], wider, program=offered_program()))


def _print(lines: "list[Line]") -> None:
    """Print the lines, on a terminal through a pager where they are many. Raises UserError."""
    from archive.console.lines import as_group, as_text, is_plain

    if is_plain():
        sys.stdout.write(as_text(lines))  # click.echo takes ASCII for a mistake and writes UTF-8
        return
    from archive.console.output import page, prose_console

    page(as_group(lines), out=prose_console())


def _check_query(query: tuple[str, ...], *, revisions: bool, gone: bool) -> None:
    """Raise UserError where words are needed and there are none."""
    if query:
        return
    if revisions:
        raise UserError("Give the words to search in past revisions: healthnews search --revisions WORDS.")
    if not gone:
        raise UserError(
            "Give words to search, as in healthnews search WORDS, or --gone for articles whose page is gone."
        )
