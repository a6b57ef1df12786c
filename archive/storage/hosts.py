"""What is remembered of hosts from one crawl to the next: when they may be asked, their rules, their certificates."""

from dataclasses import dataclass, fields
from typing import Any

from sqlite_utils import Database

from archive.storage.sql import Fragment, compose, placeholders


@dataclass(slots=True, kw_only=True)
class Host:
    """A row of `hosts`: not to be asked before `ready_at`; `held` says why in a word where that is more than the usual
    delay; `backoff` counts answers in a row that asked for patience, `asked` the requests of `day` (UTC)."""

    host: str
    ready_at: str | None = None
    held: str | None = None
    backoff: int = 0
    day: str | None = None
    asked: int = 0


@dataclass(slots=True, kw_only=True)
class RobotsFile:
    """A row of `robots`: what an origin's robots.txt answered last; `reason` is why the host is closed meanwhile."""

    origin: str
    fetched_at: str
    status: int | None = None
    reason: str | None = None
    body: str = ""
    etag: str | None = None
    last_modified: str | None = None
    crawl_delay: float | None = None
    changed_at: str | None = None


@dataclass(slots=True, kw_only=True)
class Certificate:
    """A row of `certificates`."""

    host: str
    fingerprint: str
    issuer: str
    expires_at: str
    seen_at: str


Row = Host | RobotsFile | Certificate

TABLES: dict[type, str] = {Host: "hosts", RobotsFile: "robots", Certificate: "certificates"}


def load_host(db: Database, host: str) -> Host:
    """What is known of a host; of a new one nothing."""
    row = _load(db, Host, host)
    return Host(**row) if row else Host(host=host)


def load_robots(db: Database, origin: str) -> RobotsFile | None:
    """What is known of an origin's robots.txt."""
    row = _load(db, RobotsFile, origin)
    return RobotsFile(**row) if row else None


def load_certificate(db: Database, host: str) -> Certificate | None:
    """The certificate that a host showed last."""
    row = _load(db, Certificate, host)
    return Certificate(**row) if row else None


def save(db: Database, row: Row) -> None:
    """Writes the row in place of the one before, at once."""
    names = list(row.__dataclass_fields__)
    sql = compose(
        "insert into {table} ({names}) values ({values}) on conflict ({key}) do update set {sets}",
        table=TABLES[type(row)],
        names=names,
        values=placeholders(len(names)),
        key=names[0],
        sets=Fragment(", ".join(f"{name} = excluded.{name}" for name in names[1:])),
    )
    db.conn.execute(sql, [getattr(row, name) for name in names])


def notice(db: Database, crawl_id: int, *, at: str, host: str, kind: str, detail: str) -> None:
    """Notes that something about a host changed; `kind` is robots or certificate, `detail` a sentence."""
    sql = "insert into notices (at, crawl_id, host, kind, detail) values (?, ?, ?, ?, ?)"
    db.conn.execute(sql, [at, crawl_id, host, kind, detail])


def reopen(db: Database, host: str, now: str) -> None:
    """Makes the pages of `host` due that its robots.txt had forbidden, since its rules are others now; also those that
    are gone as far as anybody could look."""
    db.conn.execute(
        "update pages set due_at = min(coalesce(due_at, ?1), ?1) where host = ?2 and optout_id is null and "
        "((state = 'refused' and reason = 'robots') or (state = 'gone' and 'refused robots' = "
        "(select outcome || ' ' || reason from fetches where page_id = pages.id order by id desc limit 1)))",
        [now, host],
    )


def _load(db: Database, kind: type, key: str) -> dict[str, Any] | None:
    names = [field.name for field in fields(kind)]
    sql = compose("select {names} from {table} where {key} = ?", names=names, table=TABLES[kind], key=names[0])
    row = db.execute(sql, [key]).fetchone()
    return dict(zip(names, row, strict=True)) if row else None
