"""The commands on one article: `show`, `cite`, and `diff` between its revisions."""

from dataclasses import asdict
from pathlib import Path

import click

from archive.cli.common import archive_file, json_option, offered_program, print_json, reading
from archive.cli.completion import articles
from archive.errors import UserError
from archive.export import CITATION_FORMATS, FORMATS


@click.command()
@click.argument("wanted", metavar="URL or ID", shell_complete=articles)
@click.option("--revision", type=click.IntRange(1), help="Show this revision; by default the newest.")
@click.option("--removed", is_flag=True, help="Also show the removals, each with its reason.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the article as Markdown.")
@json_option
@archive_file
def show(archive: Path, wanted: str, revision: int | None, removed: bool, as_markdown: bool, as_json: bool) -> None:
    """Show one article with its references, and its duplicates on other sites.

    \b
    Example:
      healthnews show 1
      healthnews show https://news.example/2024/05/21/scleroderma.html --json
    """
    from archive.articles.lookup import find_article, load
    from archive.console.article import article_text
    from archive.console.output import page, prose_console
    from archive.console.terminal_text import plain
    from archive.duplicates.queries import group
    from archive.errors import NotStoredError
    from archive.storage.page_history import aliases, revisions

    with reading(archive) as db:
        try:
            stored = load(db, find_article(db, wanted), revision)
        except NotStoredError as error:
            raise UserError(str(error)) from error
        found, others, every = group(db, stored.id), aliases(db, stored.id), revisions(db, stored.id)
    if as_json:
        further = {"aliases": others, "revisions": list(map(asdict, every)), "copies": asdict(found) if found else None}
        print_json(stored.as_object() | further)
    elif as_markdown:
        click.echo(plain(stored.article.markdown))
    else:
        page(article_text(stored, found, removed=removed, program=offered_program()), out=prose_console())


@click.command()
@click.argument("wanted", metavar="URL or ID", shell_complete=articles)
@click.option("--revision", type=click.IntRange(1), help="Cite this revision; by default the newest.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", *(each.name for each in CITATION_FORMATS)]),
    default="text",
    show_default=True,
)
@archive_file
def cite(archive: Path, wanted: str, revision: int | None, format_name: str) -> None:
    """Print the citation of one article: as text in APA style, or as BibTeX, RIS or CSL-JSON.

    The date of retrieval is the day on which the revision was archived. The literature that an article cites is what
    `healthnews export --article URL --format bibtex` prints.

    \b
    Example:
      healthnews cite 1
      healthnews cite https://news.example/2024/05/21/scleroderma.html --revision 1 --format bibtex
    """
    from archive.articles.lookup import find_article, load
    from archive.console.terminal_text import plain
    from archive.errors import NotStoredError
    from archive.export import citation_text

    with reading(archive) as db:
        try:
            stored = load(db, find_article(db, wanted), revision)
        except NotStoredError as error:
            raise UserError(str(error)) from error
    write = citation_text.write_articles if format_name == "text" else FORMATS[format_name].write_articles
    click.echo(plain("".join(write([stored.as_object()]))).rstrip("\n"))


@click.command()
@click.argument("wanted", metavar="URL or ID", shell_complete=articles)
@click.option("--from", "old", type=click.IntRange(1), help="The earlier revision; by default the one before --to.")
@click.option("--to", "new", type=click.IntRange(1), help="The later revision; by default the newest.")
@json_option
@archive_file
def diff(archive: Path, wanted: str, old: int | None, new: int | None, as_json: bool) -> None:
    """Show what changed between two revisions of an article: words of the text, and added or removed references.

    In a pipe and without colour, changes are marked as [-removed-]{+added+}.

    \b
    Example:
      healthnews diff 1
      healthnews diff https://news.example/2024/05/21/scleroderma.html --from 1 --to 3
    """
    from archive.articles.changes import article_changes
    from archive.articles.lookup import find_article, load
    from archive.console.diff import changes_text
    from archive.console.output import page, prose_console
    from archive.errors import NotStoredError

    with reading(archive) as db:
        try:
            later = load(db, find_article(db, wanted), new)
            earlier = load(db, later.id, old or max(later.revision - 1, 1))
        except NotStoredError as error:
            raise UserError(str(error)) from error
    found = article_changes(earlier.article, later.article)
    facts = {"id": later.id, "url": later.article.url, "from": earlier.revision, "to": later.revision}
    if as_json:
        print_json(facts | asdict(found))
    else:
        out = prose_console()
        head = "{url}: revision {from} to {to}".format_map(facts)
        page(changes_text(head, found, marks=out.no_color or out.color_system is None), out=out)
