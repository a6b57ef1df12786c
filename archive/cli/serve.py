"""`healthnews serve`: browse the archive in Datasette."""

import re
from pathlib import Path
from typing import Any

import click

from archive.cli.common import archive_file, as_user_error, opened, say
from archive.errors import ArchiveError, FaultError, UserError


def _checked_names(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names. Raises BadParameter for what no Host header can be."""
    from archive.web.host_names import typed_name

    for name in names:
        if typed_name(name) is None:
            raise click.BadParameter(f"{name!r} is not a name or address.")
    return names


def _checked_origin(_context: click.Context, _option: click.Parameter, url: str | None) -> str | None:
    """Return the URL of an origin. Raises BadParameter for what is none, or has a path."""
    if url is not None and not re.fullmatch(r"https?://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/?", url):
        raise click.BadParameter(f"{url!r} is not the URL of a host, such as https://raw.news.example.")
    return url


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0: any free one.")
@click.option(
    "--allow-host",
    "names",
    metavar="NAME",
    multiple=True,
    callback=_checked_names,
    help="Answer requests for this name too, such as that of a proxy; repeatable.",
)
@click.option(
    "--raw-port",
    type=click.IntRange(0, 65535),
    help="Port of pages as they were received, an origin of its own. [default: the one after --port]",
)
@click.option(
    "--raw-url",
    metavar="URL",
    callback=_checked_origin,
    help="Where readers find that port behind a proxy, as https://raw.news.example.",
)
@click.option("--sql", is_flag=True, help="Let visitors from other machines write SQL.")
@click.option(
    "--notes", "notes_file", type=click.Path(path_type=Path), help="Show and write notes; the file is made if missing."
)
@click.option("--root", is_flag=True, help="Print a link that signs in as root; implied by --notes without --metadata.")
@click.option(
    "--metadata",
    "metadata_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Datasette's metadata, JSON or YAML: permissions, and plugins that sign users in.",
)
@click.argument("archives", nargs=-1, type=click.Path(path_type=Path))
@archive_file
def serve(
    archive: Path,
    archives: tuple[Path, ...],
    host: str,
    port: int,
    names: tuple[str, ...],
    sql: bool,
    notes_file: Path | None,
    root: bool,
    metadata_file: Path | None,
    raw_port: int | None,
    raw_url: str | None,
) -> None:
    """Browse the archive, or several ARCHIVES, in Datasette.

    Several archives have pages of their own each, and one search in all of them at /-/search. Requests for localhost,
    loopback addresses and --host are answered; --allow-host adds names. Visitors may write SQL, within limits, if the
    server is for this machine only. With --notes those who may can set articles aside, tag them, write notes and code;
    docs/notes.md says how. Pages as they were received are shown in a frame from another port, so that they have
    nothing to do with the pages of the archive.

    \b
    Example:
      healthnews serve
      healthnews serve --notes notes.db
      healthnews serve 2023.db 2024.db
      healthnews serve --host 0.0.0.0 --allow-host news.example
    """
    from archive.web.server import serve_archives

    chosen = archives or (archive,)
    for path in chosen:
        with opened(path):
            pass  # refuse a missing or foreign file, and migrate an older one, before Datasette opens it
    if notes_file:
        _check_notes(notes_file)
    serve_archives(
        chosen,
        host,
        port,
        names=names,
        sql=sql,
        notes=notes_file,
        root=root or (notes_file is not None and metadata_file is None),
        metadata=_metadata(metadata_file),
        raw_port=raw_port,
        raw_url=raw_url,
    )


def _check_notes(path: Path) -> None:
    """Make the notes file if there is none, and say it if nothing can be written to it. Raises UserError."""
    from archive.notes import open_notes
    from archive.notes.database import check_writable

    try:
        with open_notes(path, create=not path.exists()) as notes:
            try:
                check_writable(notes)
            except FaultError as error:
                say(f"{error} Notes can be read, and not written.")
    except ArchiveError as error:
        raise as_user_error(error) from error


def _metadata(path: Path | None) -> dict[str, Any]:
    """Return the content of a file of Datasette's metadata. Raises UserError."""
    from datasette.utils import BadMetadataError, parse_metadata

    if path is None:
        return {}
    try:
        content = parse_metadata(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, BadMetadataError) as error:
        raise UserError(f"{path} is no metadata of Datasette: {error}.") from error
    if not isinstance(content, dict) or not isinstance(content.get("plugins", {}), dict):
        raise UserError(f"{path} is no metadata of Datasette: it is not a table of keys and values.")
    return content
