"""The tables of step m004 in migrations.py: which articles are copies of one another, and what they are told by.

Append-only like the steps: a change is a new step.
"""

from sqlite_utils import Database

COPIES = """
create table copies (
  article_id integer primary key references articles(id) on delete cascade,  -- only those that have a copy
  group_id integer not null,    -- the article of the group that was published first (published, else first_seen)
  similarity real not null      -- estimated Jaccard resemblance to that first one, 0 to 1
) strict
"""

SKETCHINGS = """
create table sketchings (
  id integer primary key,
  algorithm text not null unique  -- library, version of its method and our parameters: others cannot be compared
) strict
"""

DISTINCT_TEXTS = """
create table distinct_texts (
  id integer primary key,
  digest integer not null unique,  -- of the text folded, without case, punctuation and white space
  units integer not null,       -- its length: words, and characters of scripts written without spaces
  sketching_id integer references sketchings(id),  -- null: too short to be found but by its digest
  bands blob,                   -- its rows in text_bands, 4 bytes each, little-endian
  sketch blob                   -- the lowest byte of each MinHash value: what resemblance is estimated from
) strict
"""

ARTICLE_TEXTS = """
create table article_texts (
  article_id integer primary key references articles(id) on delete cascade,
  text_id integer not null references distinct_texts(id)
) strict
"""

# No foreign key: it would need an index as large as the table.
TEXT_BANDS = """
create table text_bands (
  band integer not null,        -- a part of the sketch; texts that share one are compared
  text_id integer not null,     -- → distinct_texts
  primary key (band, text_id)
) strict, without rowid
"""

TEXT_PAIRS = """
create table text_pairs (
  text_id integer not null references distinct_texts(id),
  copy_id integer not null,     -- → distinct_texts; every pair stands here both ways
  primary key (text_id, copy_id)
) strict, without rowid
"""

TABLES = (COPIES, SKETCHINGS, DISTINCT_TEXTS, ARTICLE_TEXTS, TEXT_BANDS, TEXT_PAIRS)

INDEXES = """
create index copies_group on copies(group_id);
create index article_texts_text on article_texts(text_id)
"""


def create(db: Database) -> None:
    """Makes the tables and indexes in a database that has those of the steps before."""
    for statement in (*TABLES, *INDEXES.split(";")):
        db.execute(statement)
