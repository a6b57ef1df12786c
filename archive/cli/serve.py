"""`healthnews serve`: browse the archive in Datasette."""

from pathlib import Path

import click

from archive.cli.common import archive_file, opened


def _checked_names(_context: click.Context, _option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names. Raises BadParameter for what no Host header can be."""
    from archive.web.host_names import typed_name

    for name in names:
        if typed_name(name) is None:
            raise click.BadParameter(f"{name!r} is not a name or address.")
    return names


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
@click.option("--sql", is_flag=True, help="Let visitors from other machines write SQL.")
@archive_file
def serve(archive: Path, host: str, port: int, names: tuple[str, ...], sql: bool) -> None:
    """Browse the archive in Datasette.

    Requests for localhost, loopback addresses and --host are answered; --allow-host adds names. Visitors may write SQL,
    within limits, if the server is for this machine only.

    \b
    Example:
      healthnews serve
      healthnews serve --host 0.0.0.0 --allow-host news.example
    """
    from archive.web.server import serve_archive

    with opened(archive):
        pass  # refuse a missing or foreign file, and migrate an older one, before Datasette opens it
    serve_archive(archive, host, port, names=names, sql=sql)
