"""The schema, append-only: a step that has been released is never edited, a change is a new step.

Times are ISO 8601 in UTC (`2024-05-21T08:00:00Z`), dates `YYYY-MM-DD`; tuples are JSON arrays. The words are those
of docs/schema.md, which is generated from the comments in these statements.
"""

from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive.errors import ArchiveError
from archive.storage import schema_crawl, schema_duplicates, schema_past_revisions, schema_works
from archive.storage.fulltext import index
from archive.works.writer import merge_all

APPLICATION_ID = 0x484E6177  # "HNaw", in the file's header: what makes a SQLite file an archive of ours
migrations = Migrations("health-news-archive")

CRAWLS = """
create table crawls (
  id integer primary key,
  started_at text not null,
  finished_at text,             -- null while it runs, or when it was killed
  pid integer not null,         -- process that ran it
  command text not null,        -- what was asked for, as typed
  outcome text not null default 'running' check (outcome in ('running', 'finished', 'stopped', 'died')),
  counts text not null default '{}'  -- JSON object: site -> outcome -> number of pages
) strict
"""

PAGES = """
create table pages (
  id integer primary key,
  url text not null unique,     -- canonical form
  host text not null,
  site text not null default '',  -- name of the configured site, '' for single URLs
  kind text not null check (kind in ('article', 'feed', 'sitemap', 'listing')),
  state text not null default 'new'
    check (state in ('new', 'stored', 'read', 'no article', 'gone', 'refused', 'failed', 'alias')),
  reason text,                  -- why it is in this state, a short fixed word
  due_at text,                  -- when it is to be fetched next, null: not again
  depth integer not null default 0,  -- next links followed from the first page of a listing
  found_on integer references pages(id) on delete set null,
  alias_of integer references pages(id) on delete set null,
  discovered_at text not null,
  link_title text,              -- what the feed, sitemap or listing said of it
  link_published text,
  fetched_at text,              -- the last exchange
  status integer,               -- HTTP status of the last exchange
  etag text,
  last_modified text,
  digest text,                  -- SHA-1 of the last body, content codings undone
  failures integer not null default 0,  -- exchanges in a row that failed
  priority integer generated always as (
    case kind when 'feed' then 0 when 'sitemap' then 1 when 'listing' then 2 else 3 end
  ) virtual                     -- discovery first: a crawl that is cut short has seen what is new
) strict
"""

FETCHES = """
create table fetches (
  id integer primary key,
  page_id integer not null references pages(id) on delete cascade,
  crawl_id integer references crawls(id) on delete set null,
  url text not null,            -- that answered, after redirects
  fetched_at text not null,
  outcome text not null
    check (outcome in ('stored', 'unchanged', 'read', 'no article', 'gone', 'refused', 'failed', 'alias')),
  reason text,
  detail text,                  -- the error or warning in a sentence
  status integer,
  content_type text,
  size integer,                 -- bytes of the body, content codings undone
  seconds real,                 -- from the request to the last byte
  digest text,
  warc_file text,               -- in the archive's WARC folder
  warc_offset integer           -- of the response record
) strict
"""

ARTICLES = """
create table articles (
  id integer primary key,
  page_id integer not null unique references pages(id) on delete cascade,
  fetch_id integer references fetches(id) on delete set null,  -- the exchange it was understood from
  url text not null unique,
  site text not null,
  title text not null,
  authors text not null default '[]',
  editors text not null default '[]',
  source text,                  -- 来源: the publisher the page names
  published text,               -- a date, null: the page does not say
  modified text,
  language text,                -- BCP 47
  section text,
  description text,
  keywords text not null default '[]',
  views integer,
  canonical_url text,
  site_name text,
  encoding text not null,
  encoding_source text not null,
  removed integer not null,     -- blocks cut away: rows in removals
  marketing integer not null,   -- those of them that advertise: how commercial the page is
  content_hash text not null,   -- of title, text and references: what makes a revision
  extractor text not null,      -- version that understood it
  revision integer not null default 1,
  first_seen text not null,
  last_changed text not null,
  -- last, so that reading a date or a language does not walk the pages that hold the text
  text text not null,           -- paragraphs parted by a blank line, without the reference list
  markdown text not null
) strict
"""

REVISIONS = """
create table revisions (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  number integer not null,
  fetch_id integer references fetches(id) on delete set null,
  seen_at text not null,
  content_hash text not null,
  content text not null,        -- the whole article as JSON, field names of the types
  unique (article_id, number)
) strict
"""

WORKS = """
create table works (
  id integer primary key,
  key text not null unique,     -- doi:…, else pmid:…, else title:… (letters and digits, lower case)
  doi text,
  pmid text,
  pmcid text,
  title text,
  container_title text,
  year integer
) strict
"""

BIBLIOGRAPHY = """
create table bibliography (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  position integer not null,    -- from 0, as in Article.references
  work_id integer references works(id) on delete set null,
  label text,
  raw text not null,            -- as printed
  kind text not null,
  type text,
  authors text not null default '[]',
  title text,
  container_title text,
  publisher text,
  year integer,
  volume text,
  issue text,
  pages text,
  doi text,
  pmid text,
  pmcid text,
  nct text,
  chictr text,
  isrctn text,
  arxiv text,
  isbn text,
  issn text,
  url text,
  confidence text not null default '{}',
  unique (article_id, position)
) strict
"""

CITATIONS = """
create table citations (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  position integer not null,
  marker text not null,         -- as printed
  start integer not null,       -- offsets into articles.text, in characters
  "end" integer not null,
  "references" text not null default '[]',  -- positions in bibliography
  unique (article_id, position)
) strict
"""

IMAGES = """
create table images (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  url text not null,
  alt text not null default '',
  caption text not null default '',
  position integer              -- offset into articles.text before which it stood
) strict
"""

REMOVALS = """
create table removals (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  text text not null,
  reason text not null,
  kind text
) strict
"""

INDEXES = """
create index pages_due on pages(host, priority, due_at, id) where due_at is not null;
create index pages_site_state on pages(site, state);
create index fetches_page on fetches(page_id);
create index fetches_crawl on fetches(crawl_id, outcome);
create index articles_site on articles(site);
create index articles_content on articles(content_hash);
create index blocks_recurring on blocks(site, pages);
create index articles_published on articles(published desc, id desc);
create index articles_language on articles(language);
create index bibliography_work on bibliography(work_id);
create index bibliography_doi on bibliography(doi) where doi is not null;
create index bibliography_pmid on bibliography(pmid) where pmid is not null;
create index bibliography_pmcid on bibliography(pmcid) where pmcid is not null;
create index bibliography_nct on bibliography(nct) where nct is not null;
create index bibliography_chictr on bibliography(chictr) where chictr is not null;
create index bibliography_isrctn on bibliography(isrctn) where isrctn is not null;
create index bibliography_arxiv on bibliography(arxiv) where arxiv is not null;
create index images_article on images(article_id);
create index removals_article on removals(article_id)
"""

BLOCKS = """
create table blocks (
  id integer primary key,
  site text not null,
  fingerprint text not null,    -- of a block of text, see archive.extraction.block_fingerprints
  pages integer not null,       -- of the site on which the block stands
  unique (site, fingerprint)
) strict
"""

# What the start page and the list of works count without reading the tables: at a million articles a tenth of the time.
COUNTING = """
drop index articles_site;
create index articles_site_published on articles(site, published);
drop index bibliography_work;
create index bibliography_work_article on bibliography(work_id, article_id)
"""

TABLES = (CRAWLS, PAGES, FETCHES, ARTICLES, REVISIONS, WORKS, BIBLIOGRAPHY, CITATIONS, IMAGES, REMOVALS, BLOCKS)

DOCUMENTED = (
    *TABLES, *schema_works.TABLES, *schema_duplicates.TABLES, *schema_crawl.TABLES, *schema_past_revisions.TABLES,
)  # fmt: skip

ADDED = schema_crawl.COLUMNS  # columns that later steps gave to earlier tables, documented with them


def unknown_steps(db: Database) -> set[str]:
    """The steps that `db` has and this program does not know: it was written by a newer one."""
    mine = {step.name for step in migrations.pending(Database(memory=True))}
    return {step.name for step in migrations.applied(db)} - mine


def check_kind(db: Database, path: Path) -> None:
    """Raises ArchiveError when `db`, which is the file at `path`, is no archive of ours or newer than this program."""
    marked = db.execute("pragma application_id").fetchone()[0] == APPLICATION_ID
    if not marked and db.execute("select 1 from sqlite_master limit 1").fetchone():
        raise ArchiveError(f"{path} is a SQLite file but no health-news archive: name another one with --archive.")
    if unknown_steps(db):
        raise ArchiveError(f"{path} was written by a newer version of healthnews: update the program to open it.")


def apply_steps(db: Database) -> None:
    """Applies the steps of the schema that are pending by now; needs a transaction."""
    db.execute(f"pragma application_id = {APPLICATION_ID}")
    migrations.apply(db)


@migrations()
def m001_tables(db: Database) -> None:
    for statement in (*TABLES, *INDEXES.split(";")):
        db.execute(statement)


@migrations()
def m002_search(db: Database) -> None:
    index.create(db)


@migrations()
def m003_works(db: Database) -> None:
    schema_works.create(db)
    merge_all(db)


@migrations()
def m004_copies(db: Database) -> None:
    from archive.duplicates.groups import (
        regroup_all,  # here, as every command that opens an archive imports this module
    )

    schema_duplicates.create(db)
    regroup_all(db)


@migrations()
def m005_many_articles(db: Database) -> None:
    index.replace(db)
    for statement in COUNTING.split(";"):
        db.execute(statement)


@migrations()
def m006_jobs(db: Database) -> None:
    schema_crawl.create(db)


@migrations()
def m007_superseded(db: Database) -> None:
    schema_past_revisions.create(db)
