"""What marks a file as an archive of this version: the id in its header, and the names of the steps of its schema.

The names are apart from the steps (migrations.py), because a search must not wait for what these import.
"""

from archive.storage.sql import Reader

APPLICATION_ID = 0x484E6177  # "HNaw" in the header of the file: marks a SQLite file as an archive
SET = "health-news-archive"  # the set of steps, as sqlite-utils records it

# The schema was built in seven steps before it was written down in one file. The first step has the name of the last
# of them, so that an archive that went through all seven is current. These are the other six.
UNRELEASED = frozenset(
    {"m001_tables", "m002_search", "m003_works", "m004_copies", "m005_many_articles", "m006_jobs"}
)  # fmt: skip
FIRST = "m007_superseded"
STEPS = (
    FIRST,
    "m008_voiced_katakana",
    "m009_marketing_length",
    "m010_et_al",
    "m011_noarchive",
    "m012_site_rules",
    "m013_rights",
    "m014_blocked",
    "m015_tdmrep",
    "m016_views",
    "m017_merges",
    "m018_held_rows",
    "m019_archived_index",
    "m020_imports",
    "m021_evidence",
    "m022_kept_counts",
    "m023_reference_checks",
    "m024_paper_links",
    "m025_images",
)


def is_current(db: Reader) -> bool:
    """Return whether the database is an archive that went through all steps of this version and no others.

    False also where it is none, or of another version: migrations.py tells which. Raises sqlite3.Error.
    """
    if db.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
        return False
    if not db.execute("select 1 from sqlite_master where name = '_sqlite_migrations'").fetchone():
        return False
    applied = {name for (name,) in db.execute("select name from _sqlite_migrations where migration_set = ?", [SET])}
    return applied - UNRELEASED == set(STEPS)
