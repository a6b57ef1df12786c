"""The rows kept of hosts from one crawl to the next: throttle, robots.txt, tdmrep.json, certificate."""

from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from archive.storage.sql import Fragment, compose, placeholders


@dataclass(slots=True, kw_only=True)
class Host:
    """A row of `hosts`.

    The host gets no request before `ready_at`; `held` says why, as a short fixed word, where that is more than its
    delay. `backoff` counts back-offs in a row, `asked` the requests of `day` (UTC). An origin (scheme, host and port)
    that cannot be reached while others of its host can has a row under its own name.
    """

    host: str
    ready_at: str | None = None
    held: str | None = None
    backoff: int = 0
    day: str | None = None
    asked: int = 0


@dataclass(slots=True, kw_only=True)
class RobotsFile:
    """A row of `robots`: the last response for an origin's robots.txt; `reason` is why the origin is closed,
    `rights` the JSON list of its lines on rights."""

    origin: str
    fetched_at: str
    status: int | None = None
    reason: str | None = None
    body: str = ""
    etag: str | None = None
    last_modified: str | None = None
    crawl_delay: float | None = None
    changed_at: str | None = None
    rights: str = "[]"


@dataclass(slots=True, kw_only=True)
class TdmrepFile:
    """A row of `tdmrep`: the last response for an origin's tdmrep.json; `reason` is why it was not read, `rules` the
    JSON list of its rules (see archive.articles.tdmrep)."""

    origin: str
    fetched_at: str
    status: int | None = None
    reason: str | None = None
    rules: str = "[]"
    etag: str | None = None
    last_modified: str | None = None


@dataclass(slots=True, kw_only=True)
class Certificate:
    """A row of `certificates`."""

    host: str
    fingerprint: str
    issuer: str
    expires_at: str
    seen_at: str


Row = Host | RobotsFile | TdmrepFile | Certificate

TABLES: dict[type[Row], str] = {Host: "hosts", RobotsFile: "robots", TdmrepFile: "tdmrep", Certificate: "certificates"}


def _saving(kind: type[Row], table: str) -> Fragment:
    names = [field.name for field in fields(kind)]
    return compose(
        "insert into {table} ({names}) values ({values}) on conflict ({key}) do update set {sets}",
        table=table,
        names=names,
        values=placeholders(len(names)),
        key=names[0],
        sets=Fragment(", ".join(f"{name} = excluded.{name}" for name in names[1:])),
    )


_SAVING: dict[type, Fragment] = {kind: _saving(kind, table) for kind, table in TABLES.items()}


def load_host(db: Database, host: str) -> Host:
    """Return the row of a host, a new one if there is none."""
    row = _load(db, Host, host)
    return Host(**row) if row else Host(host=host)


def load_robots(db: Database, origin: str) -> RobotsFile | None:
    """Return the row of an origin's robots.txt."""
    row = _load(db, RobotsFile, origin)
    return RobotsFile(**row) if row else None


def load_tdmrep(db: Database, origin: str) -> TdmrepFile | None:
    """Return the row of an origin's tdmrep.json."""
    row = _load(db, TdmrepFile, origin)
    return TdmrepFile(**row) if row else None


def load_certificate(db: Database, host: str) -> Certificate | None:
    """Return the last certificate of a host."""
    row = _load(db, Certificate, host)
    return Certificate(**row) if row else None


def save(db: Database, row: Row) -> None:
    """Insert the row, or replace the one with the same key, at once."""
    db.conn.execute(_SAVING[type(row)], [getattr(row, name) for name in row.__dataclass_fields__])


def notice(db: Database, crawl_id: int, *, at: str, host: str, kind: str, detail: str) -> None:
    """Record that a host changed; `kind` is robots or certificate, `detail` a sentence."""
    sql = "insert into notices (at, crawl_id, host, kind, detail) values (?, ?, ?, ?, ?)"
    db.conn.execute(sql, [at, crawl_id, host, kind, detail])


def reopen(db: Database, host: str, now: str) -> None:
    """Make the pages of `host` due that its robots.txt forbade, since the rules changed.

    Also gone pages whose last fetch robots.txt forbade.
    """
    for scheme in ("http", "https"):
        # The pages of a host by the index of addresses; a colon, or a slash, which comes before it, follows the host.
        db.conn.execute(
            "update pages set due_at = min(coalesce(due_at, :now), :now) "
            "where url >= :first and url < :last and host = :host and optout_id is null and "
            "((state = 'refused' and reason = 'robots') or (state = 'gone' and 'refused robots' = "
            "(select outcome || ' ' || reason from fetches where page_id = pages.id order by id desc limit 1)))",
            {"now": now, "host": host, "first": f"{scheme}://{host}/", "last": f"{scheme}://{host};"},
        )


def _load(db: Database, kind: type, key: str) -> dict[str, Any] | None:
    names = [field.name for field in fields(kind)]
    sql = compose("select {names} from {table} where {key} = ?", names=names, table=TABLES[kind], key=names[0])
    row = db.execute(sql, [key]).fetchone()
    return dict(zip(names, row, strict=True)) if row else None
