"""The archive's commands. Nothing heavy is imported before a command runs: `search` must start fast."""

import functools
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar

import click

if TYPE_CHECKING:
    from sqlite_utils import Database


class ExitCode(IntEnum):
    """What the command's exit says; documented in docs/cli.md."""

    NEEDS_A_LOOK = 1
    USAGE = 2
    BUSY = 3
    INTERRUPTED = 130


class UserError(click.ClickException):
    """Something that the user can mend: one sentence, no traceback."""

    exit_code: ClassVar[int] = ExitCode.USAGE


class ArchiveBusyError(UserError):
    """Another process writes to the archive."""

    exit_code: ClassVar[int] = ExitCode.BUSY


def archive_file(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hands the archive's path, which stands before the command's name, to the command as its first argument."""

    @click.pass_obj
    @functools.wraps(command)
    def with_archive(archive: Path, *args: Any, **kwargs: Any) -> Any:
        return command(archive, *args, **kwargs)

    return with_archive


FORMATS = ("jsonl", "csv", "bibtex", "ris", "csljson")  # as in archive.export, which need not be imported for --help

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

FILTERS = (
    click.option("--site", help="Only of this configured site."),
    click.option("--language", help="Only in this language: zh, zh-Hant, en …"),
    click.option("--since", metavar="DATE", help="Published on or after this day, YYYY-MM-DD, or YYYY-MM or YYYY."),
    click.option("--until", metavar="DATE", help="Published on or before this day, month or year."),
    click.option("--source", help="Only from this source (来源), as the page names it."),
    click.option("--cites", metavar="DOI or PMID", help="Only what cites this publication."),
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that narrow a search, the same in every command that has a query."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


@click.command()
@click.argument("query", nargs=-1, required=True)
@filters
@click.option(
    "--sort", type=click.Choice(["rank", "date"]), default="rank", show_default=True, help="Best or newest first."
)
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many hits; 0: all.")
@json_option
@archive_file
def search(archive: Path, query: tuple[str, ...], sort: Any, limit: int, as_json: bool, **narrowed: Any) -> None:
    """Find articles by words, "phrases", -word, OR, prefix*, title:word, DOI or PMID.

    \b
    Example:
      healthnews search 干细胞 硬皮病
      healthnews search '"T cell" -mouse' --language en --sort date
    """
    from archive import present
    from archive.search import search as find

    with opened(archive) as db:
        results = find(db, _query(query), sort=sort, limit=limit, **_checked(narrowed))
        if as_json:
            click.echo(json.dumps([present.hit_object(hit) for hit in results.hits], ensure_ascii=False, indent=2))
        else:
            present.console().print(present.hits(results), soft_wrap=True)


@click.command()
@click.argument("wanted", metavar="URL or ID")
@click.option("--revision", type=click.IntRange(1), help="As of this revision; the newest by default.")
@click.option("--removed", is_flag=True, help="Also what was cut away, with the reason.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the article as Markdown.")
@json_option
@archive_file
def show(archive: Path, wanted: str, revision: int | None, removed: bool, as_markdown: bool, as_json: bool) -> None:
    """Show one article with its references.

    \b
    Example:
      healthnews show 1
      healthnews show https://news.example/2024/05/21/scleroderma.html --json
    """
    from archive import present
    from archive.reading import NotStoredError, find_article, load

    with opened(archive) as db:
        try:
            stored = load(db, find_article(db, wanted), revision)
        except NotStoredError as error:
            raise UserError(str(error)) from error
    if as_json:
        click.echo(json.dumps(stored.as_object(), ensure_ascii=False, indent=2))
    elif as_markdown:
        click.echo(stored.article.markdown)
    else:
        present.console().print(present.article(stored, removed=removed), soft_wrap=True)


@click.command()
@click.argument("query", nargs=-1)
@filters
@click.option("--format", "format_name", type=click.Choice(FORMATS), default="jsonl", show_default=True)
@click.option("--article", metavar="URL or ID", help="Only this article, or what it cites.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to standard output."
)
@archive_file
def export(
    archive: Path,
    query: tuple[str, ...],
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
    from archive.catalogue import works
    from archive.export import ARTICLE_FORMATS, WORK_FORMATS
    from archive.reading import load

    with opened(archive) as db:
        ids = _chosen(db, query, article, narrowed)
        if format_name in ARTICLE_FORMATS:
            pieces = ARTICLE_FORMATS[format_name](load(db, article_id).as_object() for article_id in ids)
            what = f"{len(ids)} articles"
        else:
            cited = list(works(db, ids))
            pieces, what = WORK_FORMATS[format_name](cited), f"{len(cited)} works"
        with _written(output) as out:
            out.writelines(pieces)
    if output:
        click.echo(f"{what} written to {output}", err=True)


@click.command()
@click.argument("sites", nargs=-1, metavar="[SITE]…")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Extraction processes.")
@json_option
@archive_file
def reprocess(archive: Path, sites: tuple[str, ...], workers: int, as_json: bool) -> None:
    """Run today's extraction over the stored bytes again, of all pages or of those of SITE.

    \b
    Example:
      healthnews reprocess
    """
    from archive import present
    from archive.db import warc_folder
    from archive.reprocess import reprocess as run

    with opened(archive) as db, present.progress("Reprocessing") as advance:
        counts = run(db, warc_folder(archive), sites=sites, workers=workers, progress=advance)
    if as_json:
        click.echo(json.dumps(counts))
    else:
        present.console().print(present.counts_table("What came out", counts))
    if counts["failed"] or counts["unreadable"]:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


@click.command()
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many crawls.")
@json_option
@archive_file
def report(archive: Path, limit: int, as_json: bool) -> None:
    """Show what the archive holds, which cited works are retracted, and how the last crawls went.

    \b
    Example:
      healthnews report
    """
    from dataclasses import asdict

    from archive import present, reports
    from archive.present_works import flagged_table

    with opened(archive) as db:
        holdings, crawls, flagged = reports.holdings(db), reports.crawls(db, limit), reports.flagged(db)
    if as_json:
        parts = {"crawls": [asdict(crawl) for crawl in crawls], "flagged": [asdict(work) for work in flagged]}
        click.echo(json.dumps({"holdings": holdings} | parts, ensure_ascii=False, indent=2))
        return
    console = present.console()
    console.print(present.holdings_table(holdings))
    if flagged:
        console.print(flagged_table(flagged))
    for crawl in crawls:
        console.print(present.crawl_table(crawl))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0: any free one.")
@archive_file
def serve(archive: Path, host: str, port: int) -> None:
    """Browse the archive in Datasette.

    \b
    Example:
      healthnews serve
    """
    from archive.browse.serve import run

    with opened(archive):
        pass  # a missing, foreign or older file is named, or migrated, before Datasette opens it
    click.echo(f"Serving {archive} on http://{host}:{port}/ (stop with Ctrl+C)", err=True)
    run(archive, host, port)


def commands() -> Iterator[click.Command]:
    """The archive's commands, for the `healthnews` group."""
    from archive.work_commands import retractions

    yield from (search, show, export, reprocess, report, retractions, serve)


@contextmanager
def opened(archive: Path) -> "Iterator[Database]":
    """The archive, for the length of a command. Raises UserError with one sentence."""
    from archive.db import ArchiveError, open_archive

    try:
        db = open_archive(archive)
    except ArchiveError as error:
        raise UserError(str(error)) from error
    try:
        yield db
    finally:
        db.close()


@contextmanager
def _written(output: Path | None) -> Iterator[IO[str]]:
    if output is None:
        yield sys.stdout
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise UserError(f"{output} cannot be written: {error.strerror}.") from error


def _chosen(db: "Database", query: tuple[str, ...], article: str | None, narrowed: dict[str, Any]) -> list[int]:
    """The ids of the articles that an export is about."""
    from archive.reading import NotStoredError, find_article
    from archive.search import search as find

    if article is None:
        return [hit.id for hit in find(db, _query(query), limit=0, sort="date", **_checked(narrowed)).hits]
    if query or any(narrowed.values()):
        raise UserError("Name either one article or a search, not both: run the command twice.")
    try:
        return [find_article(db, article)]
    except NotStoredError as error:
        raise UserError(str(error)) from error


def _query(words: Iterable[str]) -> str:
    """The words as one query; a word that the shell's quotes held together stays as the user typed it."""
    return " ".join(words)


def _checked(narrowed: dict[str, Any]) -> dict[str, Any]:
    for name in ("since", "until"):
        value = narrowed[name]
        if value and not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", value):
            raise UserError(f"--{name} {value} is no date: write it as YYYY-MM-DD, YYYY-MM or YYYY.")
    return narrowed
