"""An archive in memory with only the tables and columns that a search reads."""

from sqlite_utils import Database

from archive.references.identifiers import KINDS
from archive.storage.fulltext import index
from archive.storage.fulltext.index import NARROWING, WORDS

ARTICLES = """create table articles (id integer primary key, page_id integer unique, url text unique,
  authors text not null default '[]', site text not null default '',
  title text not null default '', text text not null default '', source text,
  language text, published text, first_seen text, marketing_length integer not null default 0) strict"""
BIBLIOGRAPHY = f"""create table bibliography (id integer primary key, article_id integer not null
  references articles(id) on delete cascade, position integer not null, work_id integer, raw text not null, title text,
  {" text, ".join(KINDS)} text, unique (article_id, position)) strict"""

OTHERS = (
    "create table pages (id integer primary key, url text, alias_of integer, gone_since text) strict",
    "create table work_identifiers (work_id integer, kind text, value text) strict",
    "create table copies (article_id integer primary key, group_id integer not null, similarity real) strict",
    "create table work_retractions (work_id integer, record_id integer, nature text, date text, matched_by text)",
    f"create table superseded (id integer primary key, {' text, '.join((*WORDS, *NARROWING))} text) strict",
    "create table retractions (record_id integer, nature text, date text, reasons text, doi text) strict",
    "create table evidence (article_id integer, field text, value text) strict",
    "create table reference_checks (reference_id integer, verdict text) strict",
)


def bare_archive() -> Database:
    """An empty one; the index follows what is written to `articles`."""
    db = Database(memory=True)
    for statement in (ARTICLES, BIBLIOGRAPHY, *OTHERS):
        db.execute(statement)
    index.create(db)
    return db
