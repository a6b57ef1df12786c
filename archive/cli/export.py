"""The command `export`: the articles of a search, or the works that they cite, as files of many formats."""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, reading, say, unwritable
from archive.cli.completion import articles
from archive.cli.query_options import QueryCommand, filter_options, query_text
from archive.errors import DamagedError, ExitCode, UserError
from archive.export import FORMATS
from archive.urls.users import without_user

if TYPE_CHECKING:
    from sqlite_utils import Database

MAX_LINES = 10  # damaged articles that are listed on standard error


class FileOrAddress(click.Path):
    """A file, or an address with a scheme, which stays text."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path of a file, or the address as it is."""
        return value if isinstance(value, str) and "://" in value else super().convert(value, param, ctx)


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1)
@filter_options
@click.option(
    "--copies/--no-copies",
    default=True,
    show_default=True,
    help="Export every duplicate of an article, or one for all.",
)
@click.option(
    "--format", "format_name", type=click.Choice([*FORMATS, "parquet", "cdxj"]), default="jsonl", show_default=True
)
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
    "--output",
    type=FileOrAddress(),
    help="Write to this file instead of standard output; Parquet also to an address such as s3://bucket/articles.",
)
@click.option(
    "--wacz",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the raw pages to a WACZ file.",
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
    output: Path | str | None,
    wacz: Path | None,
    **filters: Any,
) -> None:
    """Export the articles of a search, or all, as JSON Lines or CSV; or the works they cite as BibTeX, RIS or CSL-JSON.

    With --articles these three hold the articles themselves, to be cited as web pages; `healthnews cite` does that for
    one article. Parquet, for pandas, DuckDB and R, needs the extra `parquet` and --output. --wacz writes the raw pages
    of the articles to a file that ReplayWeb.page and pywb show. CDXJ is an index of them in the archive's WARC folder,
    without a search of all raw pages.

    \b
    Example:
      healthnews export --format csv --output articles.csv
      healthnews export 干细胞 --since 2024-01-01 > hits.jsonl
      healthnews export --article 1 --format bibtex > literature.bib
      healthnews export --format parquet --by-site-and-year --output s3://bucket/articles
      healthnews export 硬皮病 --articles --format ris > articles.ris
      healthnews export 硬皮病 --wacz scleroderma.wacz
    """
    from archive.works.queries import works

    if excel and format_name != "csv":
        raise UserError("--excel goes with --format csv.")
    if by_site_and_year and format_name != "parquet":
        raise UserError("--by-site-and-year goes with --format parquet.")
    if wacz or format_name == "cdxj":
        _export_records(archive, query, article, copies, filters, wacz, _file(output))
        return
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
            with output_file(_file(output)) as out:
                out.writelines(pieces)
    if output:
        what = f"{len(ids) - len(damaged)} articles" if of_articles else f"{len(cited)} works"
        say(f"{what} written to {without_user(str(output))}")
    for sentence in damaged[:MAX_LINES]:
        say(sentence)
    if damaged:
        say(f"{len(damaged)} of {len(ids)} articles are damaged and were left out.")
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _file(output: Path | str | None) -> Path | None:
    """Return the file that is named. Raises UserError for an address."""
    if isinstance(output, str):
        raise UserError("Only Parquet is written to an address: name a file with --output, or give --format parquet.")
    return output


def _objects(db: "Database", ids: Iterable[int], damaged: list[str]) -> Iterator[dict[str, Any]]:
    """Yield the articles that can be read; append a sentence to `damaged` for each other one."""
    from archive.articles.lookup import load

    for article_id in ids:
        try:
            yield load(db, article_id).as_object()
        except DamagedError as error:
            damaged.append(str(error))


@contextmanager
def output_file(output: Path | None) -> Iterator[IO[str]]:
    """Yield a file for text that replaces the one at `output` at the end, or standard output. Raises UserError."""
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
        return matching(db, query_text(query), copies=copies, **filters)
    if query or _is_filtered(filters):
        raise UserError("Give either one article or a search, not both: run the command twice.")
    try:
        return [find_article(db, article)]
    except NotStoredError as error:
        raise UserError(str(error)) from error


def _export_records(
    archive: Path,
    query: tuple[str, ...],
    article: str | None,
    copies: bool,
    filters: dict[str, Any],
    wacz: Path | None,
    output: Path | None,
) -> None:
    """Write the raw pages of the articles to a WACZ file, or an index of them; of all records without a search."""
    from archive.cli.web_record_files import write_index, write_package

    is_all = article is None and copies and not query and not _is_filtered(filters)
    with reading(archive) as db:
        ids = _article_ids(db, query, article, copies, filters)
        if wacz:
            write_package(db, archive, ids, wacz, query_text(query))
            return
        with output_file(output) as out:
            write_index(db, archive, None if is_all else ids, out)


def _is_filtered(filters: dict[str, Any]) -> bool:
    return any(filters.values()) or filters["references"] is not None
