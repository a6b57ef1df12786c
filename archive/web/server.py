"""Serve archives with Datasette."""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.web.host_names import is_loopback, typed_name

if TYPE_CHECKING:
    from archive.web.security_headers import Application

SETTINGS = {
    "num_sql_threads": 8,  # queries at the same time
    "sql_time_limit_ms": 5000,
    "truncate_cells_html": 200,  # an article's text has its own page
}
SHUTDOWN_SECONDS = 5  # seconds that a download may continue after Ctrl+C


def serve_archives(
    archives: Sequence[Path],
    host: str,
    port: int,
    *,
    names: Collection[str] = (),
    sql: bool = False,
    notes: Path | None = None,
    root: bool = False,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Serve the archives until it is stopped, on any free port if `port` is 0, and print the URL.

    Requests for loopback names, for `host` and for `names` are answered. Visitors may write SQL if nobody but this
    machine's users can be one, or if `sql`. The `notes` are shown to those who may see them. `root` prints a link that
    signs in as root, once. `metadata` is configuration of Datasette. Datasette loads the plugin through its entry
    point. Raises UserError if the port is not available.
    """
    import uvicorn

    is_private = not names and is_loopback(typed_name(host) or "")
    instance = datasette(
        *archives, public=not is_private, sql=is_private or sql, notes=notes, root=root, metadata=metadata or {}
    )
    app = wrapped(instance, names={host, *names}, forms=notes is not None or root)
    listening = _bound(host, port)
    listening.listen()  # requests from now on wait until the server has started
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    click.echo(f"Serving {', '.join(map(str, archives))} on {address}/ (stop with Ctrl+C)", err=True)
    if root:
        click.echo(f"Sign in as root, once: {address}/-/auth-token?token={instance._root_token}", err=True)
    if not is_private and not sql:
        click.echo(
            "Visitors cannot write SQL, since the archive may have other visitors than you: see --sql.", err=True
        )
    config = uvicorn.Config(
        app, log_level="warning", timeout_graceful_shutdown=SHUTDOWN_SECONDS, server_header=False, ws="none"
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:  # uvicorn has closed everything, and passes the signal on
        click.echo("Stopped.", err=True)


def application(
    *archives: Path,
    names: Collection[str] = (),
    public: bool = False,
    sql: bool = True,
    notes: Path | None = None,
) -> "Application":
    """Return the ASGI application that serves the archives under loopback names and `names`."""
    instance = datasette(*archives, public=public, sql=sql, notes=notes)
    return wrapped(instance, names=names, forms=notes is not None)


def wrapped(instance: Any, *, names: Collection[str] = (), forms: bool = False) -> "Application":
    """Return the ASGI application of a Datasette instance with safe headers, behind the guard of requests."""
    from archive.web.request_guard import guarded
    from archive.web.security_headers import with_safe_headers
    from archive.web.translation import with_language

    guard = guarded(instance.app(), names, forms=forms)
    return with_safe_headers(with_language(guard, everywhere=True), strict=True)  # a refusal has them too


def datasette(
    *archives: Path,
    public: bool = False,
    sql: bool = True,
    notes: Path | None = None,
    root: bool = False,
    metadata: Mapping[str, Any] | None = None,
) -> Any:
    """Return a Datasette instance on the archives, with the notes of a file.

    The first one's charts are a dashboard too if visitors may write `sql`, since a dashboard sends its queries. If
    `public`, Datasette does not show paths of files and the like. `metadata` is configuration of Datasette beside this.
    Where the environment has DATASETTE_SECRET, those who are signed in stay so after a restart.
    """
    from datasette.app import Datasette

    from archive.web import charts
    from archive.web.notes_access import NOTES
    from archive.web.plugin import PUBLIC, ROOT, STRICT
    from archive.web.responses import PLUGIN
    from archive.web.sql_limits import LimitedDatabase

    databases = database_names(archives)
    content: dict[str, Any] = charts.metadata(next(iter(databases))) if sql else {"title": charts.TITLE, "plugins": {}}
    given = metadata or {}
    ours: dict[str, Any] = {STRICT: True, PUBLIC: public, ROOT: root}
    if notes:
        ours[NOTES] = str(notes.absolute())
    plugins = {**content["plugins"], **given.get("plugins", {}), PLUGIN: ours}
    instance = Datasette(
        [str(archives[0])],
        metadata={**content, **given, "plugins": plugins},
        settings=SETTINGS | {"default_allow_sql": sql},
        secret=os.environ.get("DATASETTE_SECRET"),
    )
    instance.remove_database(instance.get_database().name)
    for name, archive in databases.items():
        instance.add_database(LimitedDatabase(instance, path=str(archive), is_mutable=True), name=name)
    return instance


def database_names(archives: Iterable[Path]) -> dict[str, Path]:
    """Return the archives by their names in URLs; of files with the same name the later ones have a number."""
    named: dict[str, Path] = {}
    for archive in dict.fromkeys(archives):
        name = database_name(archive)
        numbered = chain([name], (f"{name}-{number}" for number in count(2)))
        named[next(each for each in numbered if each not in named)] = archive
    return named


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
        raise UserError(f"Nothing can be served on {host}, port {port} ({reason}): {advice}.") from error
