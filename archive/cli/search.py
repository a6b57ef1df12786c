"""The command `search`."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, json_option, offered_program, print_json, reading_only, say
from archive.cli.query_options import QueryCommand, filter_options, query_text, set_filters
from archive.errors import UserError

if TYPE_CHECKING:
    from archive.console.lines import Line
    from archive.retrieval.advice import Offer
    from archive.retrieval.engine import Results
    from archive.retrieval.several_archives import Archive


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
@click.option(
    "--archive",
    "archives",
    metavar="FILE",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Search this archive; given several times, all of them as one.",
)
@json_option
@archive_file
def search(
    archive: Path,
    query: tuple[str, ...],
    archives: tuple[Path, ...],
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

    Of several archives each hit names its own, in which `show` finds it: healthnews --archive FILE show ID.

    --json prints a list of hits; --count --json an object: total, more (there are more than that many), and note.

    \b
    Example:
      healthnews search 干细胞 硬皮病
      healthnews search '"T cell" -mouse' --language en --sort date
      healthnews search 免疫 since:2024 has:references --limit 20 --offset 20
      healthnews search --gone --since 2023
      healthnews search --revisions 治愈率 --json
      healthnews search 干细胞 --archive 2023.db --archive 2024.db
    """
    from archive.console.search import hit_lines, hit_object, total_text
    from archive.retrieval.advice import searched

    _check_query(query, revisions=revisions, gone=filters["gone"])
    narrowing = set_filters(filters)
    chosen = tuple(dict.fromkeys(archives or (archive,)))
    if len(chosen) > 1:
        results, unknown = _search_several(chosen, query_text(query), revisions=revisions, copies=copies, **filters)
        wider: list[Offer] = []
    else:
        asks = not (as_json or only_count)
        results, unknown, wider = _search_one(
            chosen[0], query_text(query), revisions=revisions, copies=copies, asks=asks, **filters
        )
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
        _print(hit_lines(results, filters["offset"], wider, program=offered_program(archives)))


def _search_one(
    archive: Path, query: str, *, revisions: bool, copies: bool, asks: bool, **filters: Any
) -> "tuple[Results, list[str], list[Offer]]":
    """Return the hits, sentences on what the archive does not have, and if `asks` wider searches where nothing is
    found."""
    from archive.retrieval.advice import complaints, offers
    from archive.retrieval.engine import search as find

    narrowing = set_filters(filters)
    with reading_only(archive) as db:
        if revisions:
            from archive.retrieval.past_revisions import search as find_past

            results = find_past(db, query, **filters)
        else:
            results = find(db, query, copies=copies, **filters)
        unknown = complaints(db, query, narrowing)
        wider = offers(db, query, narrowing) if asks and not (results.total or revisions) else []
    # Others need words here.
    return results, unknown, [offer for offer in wider if offer.query or offer.filters.get("gone")]


def _search_several(
    archives: Sequence[Path], query: str, *, revisions: bool, copies: bool, **filters: Any
) -> "tuple[Results, list[str]]":
    """Return the hits in all archives, and sentences on what none of them has. Raises UserError."""
    from archive.retrieval.advice import complaints
    from archive.retrieval.several_archives import search_several

    if revisions:
        raise UserError("--revisions searches one archive: give --archive once.")
    narrowing = set_filters(filters)
    with _reading_several(archives) as opened:
        results = search_several(opened, query, copies=copies, **filters)
        first, *others = [complaints(each.db, query, narrowing) for each in opened]
    return results, [sentence for sentence in first if all(sentence in other for other in others)]


@contextmanager
def _reading_several(archives: Sequence[Path]) -> "Iterator[list[Archive]]":
    from archive.retrieval.several_archives import Archive

    with ExitStack() as stack:
        yield [Archive(str(path), stack.enter_context(reading_only(path))) for path in archives]


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
