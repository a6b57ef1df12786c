"""The rows of crawls: opened when a crawl begins, closed when it ends."""

import json

from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.urls.users import without_user

INTERRUPTED = "It was interrupted."  # the reason of a crawl that its user ended, which is no problem


def start_crawl(db: Database, *, now: str, pid: int, command: str) -> int:
    """Open a crawl's row and return its id. Crawls whose row is still open were killed: they get the outcome died.

    User names and passwords in URLs of the command are not kept.
    """
    with transaction(db):
        db.conn.execute("update crawls set outcome = 'died' where outcome = 'running'")
        sql = "insert into crawls (started_at, pid, command) values (?, ?, ?)"
        return int(db.conn.execute(sql, [now, pid, without_user(command)]).lastrowid or 0)


def finish_crawl(
    db: Database,
    crawl_id: int,
    *,
    now: str,
    outcome: str,
    counts: dict[str, dict[str, int]],
    reason: str | None = None,
) -> None:
    """Close the crawl's row; `counts` maps each site to the number of pages by outcome.

    `reason` says in a sentence why the crawl ended early.
    """
    with transaction(db):
        db.conn.execute(
            "update crawls set finished_at = ?, outcome = ?, counts = ?, reason = ? where id = ?",
            [now, outcome, json.dumps(counts, ensure_ascii=False), reason, crawl_id],
        )
