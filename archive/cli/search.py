"""The commands that take a query: `search` and `export`."""

import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, json_option, print_json, reading, say, unwritable
from archive.cli.completion import archived_sites, articles, languages
from archive.errors import DamagedError, ExitCode, UserError
from archive.export import FORMATS

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.retrieval.filters import Filters

MAX_LINES = 10  # damaged articles that are listed on standard error
PLACES = (
    click.option("--site", shell_complete=archived_sites, help="Only articles of this configured site."),
    click.option("--language", shell_complete=languages, help="Only articles in this language: zh, zh-Hant, en …"),
)
PUBLISHED = (
    click.option(
        "--since", metavar="DATE", help="Published on or after this day, month or year: YYYY-MM-DD, YYYY-MM or YYYY."
    ),
    click.option("--until", metavar="DATE", help="Published on or before this day, month or year."),
)
CONTENTS = (
    click.option("--source", help="Only articles of this publisher (来源), as the page names it."),
    click.option("--cites", metavar="DOI or PMID", help="Only articles that cite this publication."),
    click.option("--references/--no-references", default=None, help="Only articles with references, or only without."),
    click.option(
        "--retracted",
        is_flag=True,
        help="Only articles that cite a work that is retracted or has an expression of concern.",
    ),
    click.option("--gone", is_flag=True, help="Only articles whose page is gone."),
)
FILTERS = (*PLACES, *PUBLISHED, *CONTENTS)


class QueryCommand(click.Command):
    """A command with a query, in which `-word` excludes a word. Its options have long names only."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; `-word` is read as `NOT word`, which means the same and is no option."""
        with_value = {
            name for each in self.get_params(context) if isinstance(each, click.Option) and not each.is_flag
            for name in each.opts
        }  # fmt: skip
        end = args.index("--") if "--" in args else len(args)
        words = [
            f"NOT {word[1:]}" if re.match("-[^-]", word) and before not in with_value else word
            for before, word in zip(["", *args], args[:end], strict=False)
        ]
        return super().parse_args(context, words + args[end:])


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that filter a search, the same for every command with a query."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


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
    from archive.console.output import page, prose_console
    from archive.console.search import hit_list, hit_object, total_text
    from archive.retrieval.advice import complaints, offers, searched
    from archive.retrieval.engine import search as find
    from archive.retrieval.past_revisions import search as find_past

    _check_query(query, revisions=revisions, gone=filters["gone"])
    narrowing = set_filters(filters)
    with reading(archive) as db:
        if revisions:
            results = find_past(db, _query(query), **filters)
        else:
            results = find(db, _query(query), copies=copies, **filters)
        unknown = complaints(db, _query(query), narrowing)
        wider = [] if results.total or as_json or only_count or revisions else offers(db, _query(query), narrowing)
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
            say(f"Nothing found for {searched(_query(query), narrowing)}.")
        page(hit_list(results, filters["offset"], wider), out=prose_console())


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1)
@filter_options
@click.option(
    "--copies/--no-copies",
    default=True,
    show_default=True,
    help="Export every duplicate of an article, or one for all.",
)
@click.option("--format", "format_name", type=click.Choice([*FORMATS, "parquet"]), default="jsonl", show_default=True)
@click.option(
    "--article", metavar="URL or ID", shell_complete=articles, help="Only this article, or the works it cites."
)
@click.option(
    "--articles",
    "cite_articles",
    is_flag=True,
    help="In BibTeX, RIS and CSL-JSON the articles themselves, not the works they cite.",
)
@click.option("--excel", is_flag=True, help="With CSV: as Excel reads it, with a BOM and long cells cut, with a note.")
@click.option(
    "--by-site-and-year", is_flag=True, help="With Parquet: a folder of files in folders site=…/year=…, not one file."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of standard output."
)
@archive_file
def export(
    archive: Path,
    query: tuple[str, ...],
    copies: bool,
    format_name: str,
    article: str | None,
    cite_articles: bool,
    excel: bool,
    by_site_and_year: bool,
    output: Path | None,
    **filters: Any,
) -> None:
    """Export the articles of a search, or all, as JSON Lines or CSV; or the works they cite as BibTeX, RIS or CSL-JSON.

    With --articles these three hold the articles themselves, to be cited as web pages; `healthnews cite` does that for
    one article. Parquet, for pandas, DuckDB and R, needs the extra `parquet` and --output.

    \b
    Example:
      healthnews export --format csv --output articles.csv
      healthnews export 干细胞 --since 2024-01-01 > hits.jsonl
      healthnews export --article 1 --format bibtex > literature.bib
      healthnews export --format parquet --by-site-and-year --output articles
      healthnews export 硬皮病 --articles --format ris > articles.ris
    """
    from archive.works.queries import works

    if excel and format_name != "csv":
        raise UserError("--excel goes with --format csv.")
    if by_site_and_year and format_name != "parquet":
        raise UserError("--by-site-and-year goes with --format parquet.")
    damaged: list[str] = []
    with reading(archive) as db:
        ids = _article_ids(db, query, article, copies, filters)
        objects = _objects(db, ids, damaged)
        of_articles = cite_articles or format_name == "parquet" or FORMATS[format_name].content == "articles"
        if format_name == "parquet":
            from archive.cli.parquet_files import write_parquet

            write_parquet(objects, output, by_site_and_year=by_site_and_year)
        else:
            if excel:
                from archive.export.csv import write_excel

                pieces = write_excel(objects)
            elif of_articles:
                pieces = FORMATS[format_name].write_articles(objects)
            else:
                cited = list(works(db, ids))
                pieces = FORMATS[format_name].write(cited)
            with _output_file(output) as out:
                out.writelines(pieces)
    if output:
        what = f"{len(ids) - len(damaged)} articles" if of_articles else f"{len(cited)} works"
        say(f"{what} written to {output}")
    for sentence in damaged[:MAX_LINES]:
        say(sentence)
    if damaged:
        say(f"{len(damaged)} of {len(ids)} articles are damaged and were left out.")
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _objects(db: "Database", ids: Iterable[int], damaged: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the articles that can be read; append a sentence to `damaged` for each other one."""
    from archive.articles.lookup import load

    for article_id in ids:
        try:
            yield load(db, article_id).as_object()
        except DamagedError as error:
            damaged.append(str(error))


@contextmanager
def _output_file(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # as in a file, whatever the terminal's encoding
        yield sys.stdout
        return
    from archive.storage.atomic_file import replacing_text

    try:
        with replacing_text(output) as file:
            yield file
    except OSError as error:
        raise unwritable(output, error) from error


def _article_ids(
    db: "Database", query: tuple[str, ...], article: str | None, copies: bool, filters: dict[str, Any]
) -> list[int]:
    """Return the ids of the articles to export. Raises UserError."""
    from archive.articles.lookup import find_article
    from archive.errors import NotStoredError
    from archive.retrieval.engine import matching

    if article is None:
        return matching(db, _query(query), copies=copies, **filters)
    if query or any(filters.values()) or filters["references"] is not None:
        raise UserError("Give either one article or a search, not both: run the command twice.")
    try:
        return [find_article(db, article)]
    except NotStoredError as error:
        raise UserError(str(error)) from error


def _query(words: Iterable[str]) -> str:
    """Return the words as one query; the shell's quotes are gone, the user's own quotes stay."""
    return " ".join(words)


def set_filters(filters: dict[str, Any]) -> "Filters":
    """Return the filters that are set, without other options."""
    from archive.retrieval.filters import Filters

    set_ones: Any = {name: filters[name] for name in Filters.__annotations__ if filters.get(name) not in (None, False)}
    narrowing: Filters = set_ones
    return narrowing


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
