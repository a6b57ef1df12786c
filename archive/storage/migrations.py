"""The steps of the schema. The first one creates all of schema.sql; a later change is a step of its own at the end.

A step that has been released is never edited, because archives that went through it keep what it made. The name of a
new one is also added to STEPS (steps.py).
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.errors import ArchiveError
from archive.storage import past_revisions
from archive.storage.fulltext import index
from archive.storage.sql import Fragment, compose
from archive.storage.steps import APPLICATION_ID, FIRST, SET, UNRELEASED

SCHEMA = Path(__file__).with_name("schema.sql")
LATER = tuple(sorted(SCHEMA.parent.glob("m*.sql")))  # the SQL of later steps, in their order

migrations = Migrations(SET)


def check_kind(db: Database, path: Path) -> None:
    """Check that `db`, opened from the file `path`, is an archive that this program can read.

    Raises ArchiveError when it is another kind of SQLite file, newer than this program, or older than the first step.
    """
    marked = db.execute("pragma application_id").fetchone()[0] == APPLICATION_ID
    empty = db.execute("select 1 from sqlite_master limit 1").fetchone() is None
    if not marked and not empty:
        raise ArchiveError(f"{path} is a SQLite file but no health-news archive: name another one with --archive.")
    applied = {step.name for step in migrations.applied(db)}
    if applied - {step.name for step in migrations.pending(Database(memory=True))} - UNRELEASED:
        raise ArchiveError(f"{path} was written by a newer version of healthnews: update the program to open it.")
    if not empty and FIRST not in applied:
        raise ArchiveError(
            f"{path} was written by a version of healthnews from before the first release, whose schema cannot be "
            "upgraded: start a new archive, or open it with the program that wrote it."
        )


def apply_steps(db: Database) -> None:
    """Apply the pending steps. The caller holds a transaction."""
    db.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(db)


def statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script. The `executescript` of sqlite3 would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _run(db: Database, script: Path) -> None:
    for statement in statements(script.read_text(encoding="utf-8")):
        db.execute(statement)


def _redefine(db: Database, *changes: tuple[str, str, str]) -> None:
    """Replace parts of the definitions of tables; `changes` are the table, the old and the new part.

    SQLite cannot alter a check, and to rebuild the tables would take hours on a large archive: only their definitions
    are written anew, as https://www.sqlite.org/lang_altertable.html describes for constraints.
    """
    (version,) = db.execute("pragma schema_version").fetchone()
    db.execute("pragma writable_schema = on")
    for table, old, new in changes:
        db.execute(
            "update sqlite_schema set sql = replace(sql, ?, ?) where type = 'table' and name = ?", [old, new, table]
        )
    db.execute(compose("pragma schema_version = {version}", version=Fragment(str(version + 1))))
    db.execute("pragma writable_schema = off")


@migrations(name=FIRST)
def create_schema(db: Database) -> None:
    _run(db, SCHEMA)
    past_revisions.create_triggers(db)
    index.create(db)


@migrations(name="m008_voiced_katakana")
def join_voice_marks(db: Database) -> None:
    index.join_voice_marks(db)


@migrations(name="m009_marketing_length")
def count_marketing_length(db: Database) -> None:
    _run(db, SCHEMA.with_name("m009_marketing_length.sql"))


@migrations(name="m010_et_al")
def keep_et_al_and_accessed(db: Database) -> None:
    _run(db, SCHEMA.with_name("m010_et_al.sql"))


@migrations(name="m011_noarchive")
def keep_texts_of_noarchive_pages(db: Database) -> None:
    _run(db, SCHEMA.with_name("m011_noarchive.sql"))


@migrations(name="m012_site_rules")
def keep_site_rules(db: Database) -> None:
    _run(db, SCHEMA.with_name("m012_site_rules.sql"))


@migrations(name="m013_rights")
def keep_rights(db: Database) -> None:
    _run(db, SCHEMA.with_name("m013_rights.sql"))


@migrations(name="m014_blocked")
def allow_blocked(db: Database) -> None:
    """Permit the outcome and the state `blocked`."""
    old, new = "'failed', 'alias'", "'failed', 'blocked', 'alias'"
    _redefine(db, ("pages", old, new), ("fetches", old, new))


@migrations(name="m015_tdmrep")
def keep_tdmrep(db: Database) -> None:
    _run(db, SCHEMA.with_name("m015_tdmrep.sql"))


@migrations(name="m016_views")
def make_views_for_questions(db: Database) -> None:
    _run(db, SCHEMA.with_name("m016_views.sql"))


@migrations(name="m017_merges")
def keep_merges(db: Database) -> None:
    _run(db, SCHEMA.with_name("m017_merges.sql"))


@migrations(name="m018_held_rows")
def let_writers_index(db: Database) -> None:
    index.stand_back(db)


@migrations(name="m019_archived_index")
def index_archived(db: Database) -> None:
    _run(db, SCHEMA.with_name("m019_archived_index.sql"))


@migrations(name="m020_imports")
def keep_imports(db: Database) -> None:
    _run(db, SCHEMA.with_name("m020_imports.sql"))


@migrations(name="m021_evidence")
def keep_evidence(db: Database) -> None:
    _run(db, SCHEMA.with_name("m021_evidence.sql"))


@migrations(name="m022_kept_counts")
def keep_counts(db: Database) -> None:
    _run(db, SCHEMA.with_name("m022_kept_counts.sql"))


@migrations(name="m023_reference_checks")
def keep_reference_checks(db: Database) -> None:
    _run(db, SCHEMA.with_name("m023_reference_checks.sql"))


@migrations(name="m024_paper_links")
def keep_paper_links(db: Database) -> None:
    _run(db, SCHEMA.with_name("m024_paper_links.sql"))


@migrations(name="m025_images")
def keep_images(db: Database) -> None:
    _run(db, SCHEMA.with_name("m025_images.sql"))
    # No page is of the new kind yet, so the index of priorities stays right.
    _redefine(
        db,
        ("pages", "'sitemap', 'listing')", "'sitemap', 'listing', 'image')"),
        ("pages", "then 2 else 3", "then 2 when 'image' then 4 else 3"),
    )
