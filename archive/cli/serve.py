"""`healthnews serve`: browse the archive in Datasette."""

from pathlib import Path

import click

from archive.cli.common import archive_file, opened


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
    from archive.web.server import serve_archive

    with opened(archive):
        pass  # refuse a missing or foreign file, and migrate an older one, before Datasette opens it
    serve_archive(archive, host, port)
