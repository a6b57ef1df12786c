"""The archive's own server: Datasette on one file, started, announced and stopped in a few plain words."""

import re
from pathlib import Path
from typing import Any

import click

SETTINGS = {
    "num_sql_threads": 8,  # readers whose questions are answered at the same time
    "sql_time_limit_ms": 5000,
    "truncate_cells_html": 200,  # the text has a page of its own
}
LINGER = 5  # seconds that a download may still take after Ctrl+C


def run(archive: Path, host: str, port: int) -> None:
    """Serves the archive until it is stopped, on any free port if `port` is 0, and says where.

    The plugin comes in through its entry point. Raises UserError if the port cannot be had.
    """
    import uvicorn

    app = datasette(archive).app()
    listening = _bound(host, port)
    listening.listen()  # who asks from now on is answered, once the server has started
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Serving {archive} on http://{shown}:{listening.getsockname()[1]}/ (stop with Ctrl+C)", err=True)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=LINGER)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:  # uvicorn has closed everything, and passes the signal on
        click.echo("Stopped.", err=True)


def datasette(archive: Path) -> Any:
    """Datasette on the archive, with its charts."""
    from datasette.app import Datasette

    from archive.web.charts import metadata

    name = database_name(archive)
    made = Datasette([str(archive)], metadata=metadata(name), settings=SETTINGS)
    database = made.get_database()
    made.remove_database(database.name)
    made.add_database(database, name=name)
    return made


def database_name(archive: Path) -> str:
    """The file's name without its ending, as it can stand in an address: datasette-dashboards asks for
    `<name>.json` without quoting it, so that a space or a Chinese character would lead nowhere."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", archive.stem).strip("-") or "archive"


def _bound(host: str, port: int) -> Any:
    """A socket bound to the address, by uvicorn, which logs what fails and exits: the log is kept silent, and the
    reason becomes a sentence."""
    import uvicorn

    from archive.errors import UserError

    try:
        return uvicorn.Config("", host=host, port=port, log_level="critical").bind_socket()
    except SystemExit as error:
        reason = getattr(error.__context__, "strerror", None) or error.__context__
        advice = "choose another one with --port, or --port 0 for any free one"
        raise UserError(f"Nothing can be served on {host}, port {port} ({reason}): {advice}.") from error
