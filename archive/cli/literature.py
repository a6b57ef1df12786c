"""The commands of the bibliographic index: `literature add`, `info`, `link`, `confirm` and `reject`."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, as_user_error, json_option, opened, print_json, reading, say
from archive.cli.completion import articles
from archive.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archive.literature import Candidate
    from archive.literature.load import Loaded
    from archive.works.paper_links import Decision

VARIABLE = "HEALTHNEWS_LITERATURE"  # names an index

index_option = click.option(
    "--index",
    "index_file",
    type=click.Path(path_type=Path),
    envvar=VARIABLE,
    help="The index; also $HEALTHNEWS_LITERATURE. Default: literature.db beside the archive.",
)


@click.group()
def literature() -> None:
    """Keep a bibliographic index of one's own, and find the papers that pages report on.

    \b
    Example:
      healthnews literature add pubmed26n1334.xml.gz
      healthnews literature link https://example.org/news/1
    """


@literature.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE …", type=click.Path(path_type=Path))
@index_option
@json_option
@archive_file
def add(archive: Path, files: tuple[Path, ...], index_file: Path | None, as_json: bool) -> None:
    """Add files to the index: PubMed's XML, JSON of Crossref and OpenAlex, Retraction Watch, RIS, BibTeX, CSL-JSON.

    Also JSON Lines with title, authors, journal, pmid and doi. The kind is told by the content, and files may be packed
    by gzip. A record with a known PMID or DOI is updated. A file that was added is known again, and one that was
    interrupted goes on where it was. Records that cannot be used are skipped and counted.

    \b
    Example:
      healthnews literature add pubmed26n1334.xml.gz library.ris
    """
    from dataclasses import asdict

    from archive.console import tables
    from archive.literature import open_index
    from archive.literature.load import finish, load
    from archive.literature.readers.kinds import kind_of

    for file in files:
        kind_of(file)  # all of them before the first is read
    loaded: list[Loaded] = []
    path = _index(archive, index_file)
    with _faults_named(path), open_index(path, create=True) as index:
        for file in files:
            with tables.progress(f"Adding {file.name}") as advance:
                loaded.append(load(index, file, _shown_by(advance)))
        finish(index)
        size = len(index)
    if as_json:
        print_json({"files": [asdict(each) for each in loaded], "records": size})
        return
    for each in loaded:
        if each.known:
            say(f"{each.name} was added before.")
            continue
        skipped = "".join(f", {number:,} skipped: {reason}" for reason, number in each.skipped.items())
        click.echo(f"{each.name} ({each.kind}): {each.new:,} new, {each.updated:,} updated{skipped}")
    click.echo(f"The index has {size:,} records.")


@literature.command()
@index_option
@json_option
@archive_file
def info(archive: Path, index_file: Path | None, as_json: bool) -> None:
    """Show what the index has: its records, and the files that were added.

    \b
    Example:
      healthnews literature info
    """
    from archive.console.output import console, page
    from archive.console.tables import table
    from archive.literature import open_index

    with open_index(_index(archive, index_file)) as index:
        rows = index.db.execute("select name, kind, records, skipped, loaded_at from sources order by id").fetchall()
        size = len(index)
    if as_json:
        names = ("name", "kind", "records", "skipped", "loaded_at")
        print_json({"records": size, "files": [dict(zip(names, row, strict=True)) for row in rows]})
        return
    grid = table("file", "kind", "#records", "#skipped", "added")
    for name, kind, records, skipped, loaded_at in rows:
        grid.add_row(name, kind, f"{records:,}", f"{skipped:,}", loaded_at or "not to its end")
    page(grid, out=console())
    click.echo(f"The index has {size:,} records.")


@literature.command("link")
@click.argument("wanted", metavar="URL or ID", shell_complete=articles)
@index_option
@json_option
@archive_file
def link_article(archive: Path, wanted: str, index_file: Path | None, as_json: bool) -> None:
    """Find the paper that an article reports on: by its words, the people and the journal that it names.

    Nothing is stored: `healthnews works --link` does that for all articles.

    \b
    Example:
      healthnews literature link https://example.org/news/1
    """
    from archive.articles.lookup import find_article, load
    from archive.console.literature import candidates_text
    from archive.console.output import page, prose_console
    from archive.errors import NotStoredError
    from archive.literature import link, open_index

    with reading(archive) as db, open_index(_index(archive, index_file)) as index:
        try:
            stored = load(db, find_article(db, wanted)).article
        except NotStoredError as error:
            raise UserError(str(error)) from error
        candidates = link(index, stored.title, stored.text, stored.published)
    if as_json:
        print_json({"candidates": [_row(each) for each in candidates]})
    elif candidates:
        page(candidates_text(candidates, stored.title, stored.text), out=prose_console())
    else:
        click.echo("No paper of the index fits.")


@literature.command("check")
@index_option
@json_option
@archive_file
def check_references(archive: Path, index_file: Path | None, as_json: bool) -> None:
    """Check the printed references of all articles against the index.

    Each agrees, contradicts, is not found or not checkable. The verdicts are stored. `healthnews works --doubtful` and
    the search `has:doubtful-reference` list what contradicts.

    \b
    Example:
      healthnews literature check
    """
    from archive.console import tables
    from archive.literature import open_index
    from archive.literature.checker import source_of
    from archive.works.reference_checks import check_archive

    with (
        opened(archive) as db,
        open_index(_index(archive, index_file)) as index,
        tables.progress("Checking references") as advance,
    ):
        counts = check_archive(db, source_of(index), progress=advance)
    if as_json:
        print_json(dict(counts))
    else:
        click.echo(", ".join(f"{number:,} {verdict}" for verdict, number in counts.most_common()) or "No references.")


@literature.command()
@click.argument("wanted", metavar="URL or ID", shell_complete=articles)
@click.argument("paper", required=False, metavar="[DOI, PMID or TITLE]")
@json_option
@archive_file
def confirm(archive: Path, wanted: str, paper: str | None, as_json: bool) -> None:
    """Confirm that an article reports on the paper that `works --link` found. It stays when articles are linked again.

    \b
    Example:
      healthnews literature confirm https://example.org/news/1
      healthnews literature confirm 1 10.5555/12345678
    """
    _decide(archive, wanted, paper, "confirmed", as_json=as_json)


@literature.command()
@click.argument("wanted", metavar="URL or ID", shell_complete=articles)
@click.argument("paper", required=False, metavar="[DOI, PMID or TITLE]")
@json_option
@archive_file
def reject(archive: Path, wanted: str, paper: str | None, as_json: bool) -> None:
    """Say that an article does not report on the paper that `works --link` found. It is not named again.

    \b
    Example:
      healthnews literature reject https://example.org/news/1
    """
    _decide(archive, wanted, paper, "rejected", as_json=as_json)


def link_stored(archive: Path, index_file: Path | None, site: str | None = None) -> None:
    """Link the stored articles, or those of a site, to the papers of an index, and print the counts."""
    from datetime import UTC, datetime

    from archive.console.tables import progress
    from archive.literature import open_index
    from archive.storage.connection import timestamp
    from archive.works.link_articles import link_articles

    now = timestamp(datetime.now(UTC))
    with opened(archive) as db, open_index(_index(archive, index_file)) as index, progress("Linking") as advance:
        counts = link_articles(db, index, now, sites=[site] if site else (), progress=advance)
    said = ", ".join(f"{number:,} {outcome}" for outcome, number in counts.most_common())
    say(f"Linked: {said}" if said else "There is no article to link.")


def _decide(archive: Path, wanted: str, paper: str | None, decision: "Decision", *, as_json: bool) -> None:
    from dataclasses import asdict
    from datetime import UTC, datetime

    from archive.articles.lookup import find_article
    from archive.console.output import prose_console
    from archive.console.paper_links import link_lines
    from archive.errors import NotStoredError
    from archive.storage.connection import timestamp
    from archive.works.paper_links import decide

    with opened(archive) as db:
        try:
            decided = decide(db, find_article(db, wanted), decision, timestamp(datetime.now(UTC)), paper)
        except NotStoredError as error:
            raise UserError(str(error)) from error
    if as_json:
        print_json(asdict(decided))
    else:
        for line in link_lines([decided]):
            prose_console().print(line)


def _shown_by(advance: "Callable[[Mapping[str, int], int], None]") -> "Callable[[int], None]":
    """Return a function that shows hundredths by a progress bar."""
    return lambda share: advance({"read": share}, 100)


@contextmanager
def _faults_named(path: Path) -> "Iterator[None]":
    """Raise UserError with one sentence where the disk, the file's rights or its bytes end the writing to an index."""
    import sqlite3

    from archive.storage.damage import as_fault, is_damage

    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise UserError(f"The index {path} is damaged ({error}): delete it and add its files again.") from error
        fault = as_fault(error, path)
        if fault is None:
            raise
        raise as_user_error(fault) from error


def default_index(archive: Path) -> Path:
    """Return where the index is that no option names."""
    import os

    return Path(os.environ.get(VARIABLE) or archive.with_name("literature.db"))


def _index(archive: Path, index_file: Path | None) -> Path:
    return index_file or default_index(archive)


def _row(candidate: "Candidate") -> dict[str, Any]:
    from dataclasses import asdict

    row = {"probability": candidate.probability, "is_answer": candidate.is_answer, **asdict(candidate.record)}
    return row | {"evidence": [asdict(each) for each in candidate.evidence]}
