"""The commands of the notes: `notes list`, `add`, `tag`, `write`, `passages` and `export`."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, as_user_error, json_option, print_json, reading, say
from archive.cli.completion import articles
from archive.errors import ArchiveError, ExitCode, UserError

if TYPE_CHECKING:
    from sqlite_utils import Database

    from archive.notes import ArticleName, NotedArticle, Notes

NOTES_FILE = "notes.db"  # beside the archive
FORMATS = ("csv", "json", "markdown", "annotations")  # of archive.notes.export, which a test compares

notes_option = click.option(
    "--notes",
    "notes_file",
    type=click.Path(path_type=Path),
    envvar="HEALTHNEWS_NOTES",
    help=f"The notes file; also $HEALTHNEWS_NOTES. Default: {NOTES_FILE} beside the archive.",
)
actor_option = click.option(
    "--as", "actor", metavar="NAME", envvar="HEALTHNEWS_ACTOR", help="Who writes; also $HEALTHNEWS_ACTOR. Default: you."
)
_collection_option = click.option("--collection", metavar="NAME", help="Only articles of this collection.")
_tag_option = click.option("--tag", metavar="TAG", help="Only articles with this tag.")
_article_option = click.option("--article", metavar="URL or ID", shell_complete=articles, help="Only this article.")


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options by which notes are selected."""
    return _collection_option(_tag_option(_article_option(command)))


@contextmanager
def opened_notes(
    archive: Path, notes_file: Path | None, *, create: bool = False, reading: bool = False
) -> "Iterator[Notes]":
    """Open the notes for the duration of a command. Raises UserError."""
    from archive.notes import open_notes

    try:
        notes = open_notes(notes_file or archive.with_name(NOTES_FILE), create=create, reading=reading)
    except ArchiveError as error:
        raise as_user_error(error) from error
    with notes:
        yield notes


def writer(actor: str | None) -> str:
    """Return the id of whoever writes: as given, or the name of the user. Raises UserError."""
    try:
        return (actor or getpass.getuser()).strip() or "unknown"
    except (KeyError, OSError) as error:  # the user has no name on this machine
        raise UserError("Nobody knows who writes: name yourself with --as NAME.") from error


@click.group()
def notes() -> None:
    """Set articles aside in collections, tag them, and write notes on passages.

    \b
    Example:
      healthnews notes add --collection scleroderma --search "干细胞 硬皮病"
      healthnews notes write 16 "no control group" --passage "两例患者都好转了"
      healthnews notes export --format markdown
    """


@notes.command("list")
@filters
@notes_option
@json_option
@archive_file
def list_notes(
    archive: Path, collection: str | None, tag: str | None, article: str | None, notes_file: Path | None, as_json: bool
) -> None:
    """List articles that were set aside, tagged or noted on, with what was written.

    \b
    Example:
      healthnews notes list --collection scleroderma
      healthnews notes list --tag "no control group" --json
    """
    from archive.console.notes import noted_text
    from archive.console.output import page, prose_console
    from archive.notes.export import as_object

    with opened_notes(archive, notes_file, reading=True) as opened:
        found = _selected(archive, opened, collection, tag, article)
        collections = opened.collections()
    if as_json:
        print_json([as_object(each) for each in found])
    elif found:
        page(noted_text(found, collections), out=prose_console())
    else:
        click.echo("Nothing was set aside, tagged or noted on.")


@notes.command("add")
@click.argument("wanted", metavar="[URL or ID …]", nargs=-1, shell_complete=articles)
@click.option("--collection", metavar="NAME", required=True, help="The collection; it is made if there is none.")
@click.option("--search", "query", metavar="QUERY", help="Add all articles that a search finds.")
@actor_option
@notes_option
@json_option
@archive_file
def add(
    archive: Path,
    wanted: tuple[str, ...],
    collection: str,
    query: str | None,
    actor: str | None,
    notes_file: Path | None,
    as_json: bool,
) -> None:
    """Set articles aside in a collection: those named, and all that a search finds.

    \b
    Example:
      healthnews notes add --collection scleroderma 16 https://example.org/news/1
      healthnews notes add --collection scleroderma --search "干细胞 硬皮病"
    """
    from archive.notes.reading import article_names
    from archive.retrieval.engine import matching

    if not wanted and query is None:
        raise UserError("Name articles, or a search with --search.")
    with reading(archive) as db:
        names = _named(db, wanted)
        found = list(article_names(db, matching(db, query))) if query is not None else []
    with opened_notes(archive, notes_file, create=True) as opened:
        new = opened.set_aside(collection, names, writer(actor)) if names else 0
        new += opened.set_aside(collection, found, writer(actor), query or "") if query is not None else 0
        total = opened.collection(collection).articles
    if as_json:
        print_json({"collection": collection, "new": new, "articles": total})
    else:
        click.echo(f"{new:,} articles set aside; {collection} has {total:,}.")


@notes.command("tag")
@click.argument("wanted", metavar="URL or ID …", nargs=-1, required=True, shell_complete=articles)
@click.option("--tag", "tags", metavar="TAG", multiple=True, required=True, help="A tag to give; repeatable.")
@actor_option
@notes_option
@json_option
@archive_file
def tag_articles(
    archive: Path,
    wanted: tuple[str, ...],
    tags: tuple[str, ...],
    actor: str | None,
    notes_file: Path | None,
    as_json: bool,
) -> None:
    """Give tags to articles.

    \b
    Example:
      healthnews notes tag 16 17 --tag "no control group"
    """
    with reading(archive) as db:
        names = _named(db, wanted)
    with opened_notes(archive, notes_file, create=True) as opened:
        new = opened.tag(names, tags, writer(actor))
    if as_json:
        print_json({"new": new})
    else:
        click.echo(
            f"{new:,} new tag{'s' if new != 1 else ''} on {len(names):,} article{'s' if len(names) != 1 else ''}."
        )


@notes.command("write")
@click.argument("wanted", metavar="URL or ID", shell_complete=articles)
@click.argument("words", metavar="[WORDS]", default="")
@click.option("--passage", metavar="TEXT", help="A passage of the article that the note is on.")
@actor_option
@notes_option
@json_option
@archive_file
def write(
    archive: Path,
    wanted: str,
    words: str,
    passage: str | None,
    actor: str | None,
    notes_file: Path | None,
    as_json: bool,
) -> None:
    """Write a note on an article, or on a passage of it; a passage alone is a highlight.

    \b
    Example:
      healthnews notes write 16 "no control group" --passage "两例患者都好转了"
    """
    from dataclasses import asdict

    from archive.notes.passages import select
    from archive.notes.reading import article_name, newest_text, seen_at

    with reading(archive) as db:
        article_id = _found(db, wanted)
        name = article_name(db, article_id)
        _, text = newest_text(db, article_id)
        seen = seen_at(db, article_id, name.revision)
    marked = select(text, passage) if passage else None
    if passage and marked is None:
        raise UserError(f"The newest text of {name.url} has no such passage.")
    with opened_notes(archive, notes_file, create=True) as opened:
        note = opened.write_note(name, words, writer(actor), passage=marked, seen_at=seen)
    if as_json:
        print_json(asdict(note))
    else:
        click.echo(f"Note {note.id} was written.")


@notes.command("passages")
@filters
@notes_option
@json_option
@archive_file
def passages(
    archive: Path, collection: str | None, tag: str | None, article: str | None, notes_file: Path | None, as_json: bool
) -> None:
    """Find the passages of notes again, and list those that read otherwise now or are gone.

    Exit code 1: some are no longer in any revision.

    \b
    Example:
      healthnews notes passages
    """
    from archive.console.notes import passages_text
    from archive.console.output import page, prose_console
    from archive.notes.reading import locate

    with opened_notes(archive, notes_file, reading=True) as opened, reading(archive) as db:
        every = _selected(archive, opened, collection, tag, article)
        marked = [(each, note) for each in every for note in each.notes if note.passage]
        found = [(each, note, locate(db, note)) for each, note in marked]
    if as_json:
        print_json(
            [
                {
                    "note": note.id,
                    "url": note.url,
                    "passage": note.passage.exact if note.passage else "",
                    "revision": place.revision,
                    "how": place.place.how if place.place else None,
                    "similarity": place.place.similarity if place.place else None,
                    "sentence": place.sentence,
                }
                for _, note, place in found
            ]
        )
    elif found:
        page(passages_text(found), out=prose_console())
    else:
        click.echo("No passages were marked.")
    if any(place.place is None for *_, place in found):
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


@notes.command("export")
@filters
@click.option(
    "--format",
    "format_name",
    type=click.Choice(FORMATS),
    default="json",
    show_default=True,
    help="annotations: W3C Web Annotations, JSON-LD.",
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of standard output."
)
@notes_option
@archive_file
def export_notes(
    archive: Path,
    collection: str | None,
    tag: str | None,
    article: str | None,
    format_name: str,
    output: Path | None,
    notes_file: Path | None,
) -> None:
    """Export notes as CSV, JSON, Markdown or W3C Web Annotations.

    \b
    Example:
      healthnews notes export --format csv --output notes.csv
      healthnews notes export --collection scleroderma --format annotations
    """
    from archive.cli.export import output_file
    from archive.notes.export import FORMATS as WRITERS

    with opened_notes(archive, notes_file, reading=True) as opened:
        found = _selected(archive, opened, collection, tag, article)
    with output_file(output) as out:
        out.writelines(WRITERS[format_name].write(found))
    if output:
        say(f"{len(found)} articles written to {output}")


def _selected(
    archive: Path, opened: "Notes", collection: str | None, tag: str | None, article: str | None
) -> "list[NotedArticle]":
    url = None
    if article is not None:
        with reading(archive) as db:
            (name,) = _named(db, (article,))
            url = name.url
    number = opened.collection(collection).id if collection is not None else None
    return opened.articles(collection=number, tag=tag, url=url)


def _found(db: "Database", wanted: str) -> int:
    from archive.articles.lookup import find_article
    from archive.errors import NotStoredError

    try:
        return find_article(db, wanted)
    except NotStoredError as error:
        raise UserError(str(error)) from error


def _named(db: "Database", wanted: tuple[str, ...]) -> "list[ArticleName]":
    from archive.notes.reading import article_names

    return list(article_names(db, [_found(db, each) for each in wanted]))
