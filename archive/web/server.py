"""Serve one archive with Datasette."""

import re
from pathlib import Path
from typing import Any

import click

SETTINGS = {
    "num_sql_threads": 8,  # queries at the same time
    "sql_time_limit_ms": 5000,
    "truncate_cells_html": 200,  # an article's text has its own page
}
SHUTDOWN_SECONDS = 5  # seconds that a download may continue after Ctrl+C


def serve_archive(archive: Path, host: str, port: int) -> None:
    """Serve the archive until it is stopped, on any free port if `port` is 0, and print the URL.

    Datasette loads the plugin through its entry point. Raises UserError if the port is not available.
    """
    import uvicorn

    app = datasette(archive).app()
    listening = _bound(host, port)
    listening.listen()  # requests from now on wait until the server has started
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Serving {archive} on http://{shown}:{listening.getsockname()[1]}/ (stop with Ctrl+C)", err=True)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=SHUTDOWN_SECONDS)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:  # uvicorn has closed everything, and passes the signal on
        click.echo("Stopped.", err=True)


def datasette(archive: Path) -> Any:
    """Return a Datasette instance on the archive, with its charts."""
    from datasette.app import Datasette

    from archive.web.charts import metadata

    name = database_name(archive)
    instance = Datasette([str(archive)], metadata=metadata(name), settings=SETTINGS)
    database = instance.get_database()
    instance.remove_database(database.name)
    instance.add_database(database, name=name)
    return instance


def database_name(archive: Path) -> str:
    """Return the file's name without its extension, in URL-safe characters only.

    datasette-dashboards requests `<name>.json` without quoting it, so spaces and Chinese characters would fail.
    """
    return re.sub(r"[^A-Za-z0-9_-]+", "-", archive.stem).strip("-") or "archive"


def _bound(host: str, port: int) -> Any:
    """Return a socket bound to the address. uvicorn logs an error and exits; here it becomes a UserError."""
    import uvicorn

    from archive.errors import UserError

    try:
        return uvicorn.Config("", host=host, port=port, log_level="critical").bind_socket()
    except SystemExit as error:
        reason = getattr(error.__context__, "strerror", None) or error.__context__
        advice = "choose another one with --port, or --port 0 for any free one"
        raise UserError(f"Nothing can be request on {host}, port {port} ({reason}): {advice}.") from error
