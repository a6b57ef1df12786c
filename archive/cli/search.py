"""The commands that take a query: `search` and `export`."""

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, json_option, print_json, reading
from archive.cli.completion import archived_sites, articles, languages
from archive.errors import UserError
from archive.export import FORMATS

if TYPE_CHECKING:
    from sqlite_utils import Database

FILTERS = (
    click.option("--site", shell_complete=archived_sites, help="Only of this configured site."),
    click.option("--language", shell_complete=languages, help="Only in this language: zh, zh-Hant, en …"),
    click.option("--since", metavar="DATE", help="Published on or after this day, YYYY-MM-DD, or YYYY-MM or YYYY."),
    click.option("--until", metavar="DATE", help="Published on or before this day, month or year."),
    click.option("--source", help="Only from this source (来源), as the page names it."),
    click.option("--cites", metavar="DOI or PMID", help="Only what cites this publication."),
    click.option("--references/--no-references", default=None, help="Only with references, or only without."),
    click.option("--retracted", is_flag=True, help="Only what cites a retracted work, or one with a concern."),
    click.option("--gone", is_flag=True, help="Only articles whose page is gone."),
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow a search, the same in every command that has a query."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


@click.command()
@click.argument("query", nargs=-1)
@filters
@click.option("--revisions", is_flag=True, help="Find text that is no longer there, in earlier versions of articles.")
@click.option("--copies", is_flag=True, help="Every copy of an article, not one hit for all.")
@click.option(
    "--sort", type=click.Choice(["rank", "date"]), default="rank", show_default=True, help="Best or newest first."
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many hits; 0: all.")
@click.option("--offset", type=click.IntRange(0), default=0, help="How many hits to pass over first.")
@click.option("--count", "only_count", is_flag=True, help="Print how many articles there are, not which.")
@json_option
@archive_file
def search(
    archive: Path,
    query: tuple[str, ...],
    revisions: bool,
    copies: bool,
    only_count: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Find articles by words, "phrases", -word, OR, prefix*, title:word, DOI or PMID.

    Filters may stand in the query too, as site:who or since:2024. docs/searching.md has the whole language in a table.
    Where the first word has a hyphen before it, put -- before the query.

    --gone needs no query: without one it lists all articles whose page is gone, the last one first. --revisions finds
    the articles of which an earlier version matches and the newest does not, and shows the latest that does; with
    --sort date what went last comes first.

    --json prints a list of hits; --count --json an object: total, more (there are more than that many), and note.

    \b
    Example:
      healthnews search 干细胞 硬皮病
      healthnews search '"T cell" -mouse' --language en --sort date
      healthnews search 免疫 since:2024 has:references --limit 20 --offset 20
      healthnews search --gone --since 2023
      healthnews search --revisions 治愈率 --json
    """
    from archive.console import search as present_search
    from archive.console.output import page, prose_console
    from archive.retrieval.engine import search as find
    from archive.retrieval.past_revisions import search as find_earlier

    _check_query(query, revisions=revisions, gone=asked["gone"])
    with reading(archive) as db:
        if revisions:
            results = find_earlier(db, _query(query), **asked)
        else:
            results = find(db, _query(query), copies=copies, **asked)
    if as_json and only_count:
        print_json({"total": results.total, "more": results.more, "note": results.note})
    elif as_json:
        print_json([present_search.hit_object(hit) for hit in results.hits])
    elif only_count:
        click.echo(present_search.total(results))
    else:
        page(present_search.hits(results, asked["offset"]), out=prose_console())


@click.command()
@click.argument("query", nargs=-1)
@filters
@click.option("--copies/--no-copies", default=True, show_default=True, help="Every copy of an article, or one for all.")
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option("--article", metavar="URL or ID", shell_complete=articles, help="Only this article, or what it cites.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to standard output."
)
@archive_file
def export(
    archive: Path,
    query: tuple[str, ...],
    copies: bool,
    format_name: str,
    article: str | None,
    output: Path | None,
    **narrowed: Any,
) -> None:
    """Export the articles of a search, or all, as JSON Lines or CSV; or the works they cite as BibTeX, RIS or CSL-JSON.

    \b
    Example:
      healthnews export --format csv --output articles.csv
      healthnews export 干细胞 --since 2024-01-01 > hits.jsonl
      healthnews export --article 1 --format bibtex > literature.bib
    """
    from archive.articles.lookup import load
    from archive.works.queries import works

    with reading(archive) as db:
        ids = _chosen(db, query, article, copies, narrowed)
        export_format = FORMATS[format_name]
        if export_format.content == "articles":
            pieces = export_format.write(load(db, article_id).as_object() for article_id in ids)
            what = f"{len(ids)} articles"
        else:
            cited = list(works(db, ids))
            pieces, what = export_format.write(cited), f"{len(cited)} works"
        with _written(output) as out:
            out.writelines(pieces)
    if output:
        click.echo(f"{what} written to {output}", err=True)


@contextmanager
def _written(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as in a file, whatever a terminal here would take
        yield sys.stdout
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error.strerror}.") from error


def _chosen(
    db: "Database", query: tuple[str, ...], article: str | None, copies: bool, narrowed: dict[str, Any]
) -> list[int]:
    """The ids of the articles that an export is about."""
    from archive.articles.lookup import find_article
    from archive.errors import NotStoredError
    from archive.retrieval.engine import matching

    if article is None:
        return matching(db, _query(query), copies=copies, **narrowed)
    if query or any(narrowed.values()) or narrowed["references"] is not None:
        raise UserError("Name either one article or a search, not both: run the command twice.")
    try:
        return [find_article(db, article)]
    except NotStoredError as error:
        raise UserError(str(error)) from error


def _query(words: Iterable[str]) -> str:
    """The words as one query; a word that the shell's quotes held together stays as the user typed it."""
    return " ".join(words)


def _check_query(query: tuple[str, ...], *, revisions: bool, gone: bool) -> None:
    """Raises UserError where words are needed and there are none."""
    if query:
        return
    if revisions:
        raise UserError("Name the words that are no longer there: healthnews search --revisions WORDS.")
    if not gone:
        raise UserError("Name what to look for, as in healthnews search WORDS, or list what is gone with --gone.")
