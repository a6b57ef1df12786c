"""Serve archives with Datasette."""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.web.host_names import is_loopback, typed_name

if TYPE_CHECKING:
    from archive.web.security_headers import Application

LAST_PORT = 65_535
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
    raw_port: int | None = None,
    raw_url: str | None = None,
) -> None:
    """Serve the archives until stopped, on any free port if `port` is 0, and print the URL.

    Requests for loopback names, for `host` and for `names` are answered. Visitors may write SQL if nobody but this
    machine's users can be one, or if `sql`. The `notes` are shown to those who may see them. `root` prints a link that
    signs in as root, once. `metadata` is configuration of Datasette. Pages as they were received have an origin of
    their own: `raw_port`, by default the port after `port`, or any free one if that is taken. `raw_url` is its URL for
    readers behind a proxy. Datasette loads the plugin through its entry point. Raises UserError if a port is not
    available.
    """
    import uvicorn

    is_private = not names and is_loopback(typed_name(host) or "")
    listening = _bound(host, port, "--port")
    received = _raw_bound(host, listening.getsockname()[1] + 1 if port else 0, raw_port)
    for each in (listening, received):
        each.listen()  # requests from now on wait until the server has started
    raw = RawOrigin(port=received.getsockname()[1], url=raw_url)
    instance = datasette(
        *archives,
        public=not is_private,
        sql=is_private or sql,
        notes=notes,
        root=root,
        metadata=metadata or {},
        raw=raw,
    )
    app = application(instance, names={host, *names}, forms=notes is not None or root, raw=raw)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        app, log_level="warning", timeout_graceful_shutdown=SHUTDOWN_SECONDS, server_header=False, ws="none"
    )
    try:  # from here on: whoever reads the address may stop the server at once
        click.echo(f"Serving {', '.join(map(str, archives))} on {address}/ (stop with Ctrl+C)", err=True)
        if root:
            click.echo(f"Sign in as root, once: {address}/-/auth-token?token={instance._root_token}", err=True)
        if not is_private and not sql:
            click.echo(
                "Visitors cannot write SQL, since the archive may have other visitors than you: see --sql.", err=True
            )
        uvicorn.Server(config).run(sockets=[listening, received])
    except KeyboardInterrupt:  # uvicorn has closed everything, and passes the signal on
        click.echo("Stopped.", err=True)


@dataclass(frozen=True, slots=True)
class RawOrigin:
    """The origin of pages as they were received: the port it listens on, and its URL if readers need another."""

    port: int
    url: str | None = None


def application(
    instance: Any, *, names: Collection[str] = (), forms: bool = False, raw: RawOrigin | None = None
) -> "Application":
    """Return the ASGI application of a Datasette instance with safe headers, behind the guard of requests.

    Requests for loopback names and `names` are answered. With `forms`, those of notes may be sent. Requests that arrive
    at the port of `raw` are for pages of the instance's archives as they were received.
    """
    from archive.web.raw_origin import by_port, raw_application
    from archive.web.request_guard import guarded
    from archive.web.security_headers import with_safe_headers
    from archive.web.translation import with_language

    guard = guarded(instance.app(), names, forms=forms)
    main = with_safe_headers(with_language(guard, everywhere=True), strict=True)  # a refusal has them too
    if raw is None:
        return main
    archives = {name: Path(each.path) for name, each in instance.databases.items() if each.path}
    return by_port(main, raw_application(archives, names), raw.port)


def datasette(
    *archives: Path,
    public: bool = False,
    sql: bool = True,
    notes: Path | None = None,
    root: bool = False,
    metadata: Mapping[str, Any] | None = None,
    raw: RawOrigin | None = None,
) -> Any:
    """Return a Datasette instance on the archives, with the notes of a file.

    The first one's charts are a dashboard too if visitors may write `sql`, since a dashboard sends its queries. If
    `public`, Datasette does not show paths of files and the like. `metadata` is configuration of Datasette beside this.
    Where the environment has DATASETTE_SECRET, those who are signed in stay so after a restart.
    """
    from datasette.app import Datasette

    from archive.web import charts
    from archive.web.notes_access import NOTES
    from archive.web.pages.received import RAW
    from archive.web.plugin import PUBLIC, ROOT, STRICT
    from archive.web.responses import PLUGIN
    from archive.web.sql_limits import LimitedDatabase

    databases = database_names(archives)
    content: dict[str, Any] = charts.metadata(next(iter(databases))) if sql else {"title": charts.TITLE, "plugins": {}}
    given = metadata or {}
    ours: dict[str, Any] = {STRICT: True, PUBLIC: public, ROOT: root}
    if raw:
        ours[RAW] = raw.url or raw.port
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


def _raw_bound(host: str, default: int, port: int | None) -> Any:
    """Return a socket for the raw origin, on any free port if `port` is None and the default is taken."""
    from archive.errors import UserError

    if port is not None:
        return _bound(host, port, "--raw-port")
    try:
        return _bound(host, default if default <= LAST_PORT else 0, "--raw-port")
    except UserError:
        return _bound(host, 0, "--raw-port")


def _bound(host: str, port: int, option: str) -> Any:
    """Return a socket bound to the address. uvicorn logs an error and exits; here it becomes a UserError."""
    import uvicorn

    from archive.errors import UserError

    try:
        return uvicorn.Config("", host=host, port=port, log_level="critical").bind_socket()
    except SystemExit as error:
        reason = getattr(error.__context__, "strerror", None) or error.__context__
        advice = f"choose another one with {option}, or {option} 0 for any free one"
        raise UserError(f"Nothing can be served on {host}, port {port} ({reason}): {advice}.") from error
