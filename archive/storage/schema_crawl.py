"""The tables and columns of step m006 in migrations.py: what scheduled jobs remember from one to the next.

Append-only like the steps: a change is a new step.
"""

from sqlite_utils import Database

# One column a line, with what it holds: docs/schema.md is made from this.
COLUMNS = {
    "pages": """
  interval integer              -- of a feed, sitemap or listing: seconds from one look to the next, as last chosen
  payload text                  -- SHA-1 of the last body as received, content codings kept
  link_modified text            -- when a feed or sitemap last said that it changed
  missing_since text            -- of an article: the first look that found its page gone, null when it is there
  gone_since text               -- the same, once a second look agreed
  directives text               -- noarchive, noindex: what the page asked of archives when it was last seen
  family text                   -- the shape of its URL where that can be varied without end, else null
  optout_id integer             -- → optouts: it was removed and is never asked for again
""",
    "fetches": """
  content text                  -- what became of the article: new, changed or same; null where there is none
""",
    "crawls": """
  reason text                   -- why it ended early, in a sentence
""",
}

HOSTS = """
create table hosts (
  host text primary key,
  ready_at text,                -- not to be asked before
  held text,                    -- why it waits longer than its delay, a short fixed word; null: it does not
  backoff integer not null default 0,  -- answers in a row that asked for patience
  day text,                     -- the date (UTC) that `asked` counts for
  asked integer not null default 0  -- requests on that day
) strict
"""

ROBOTS = """
create table robots (
  origin text primary key,      -- scheme, host and port that the rules are for
  fetched_at text not null,     -- when it was last asked for
  status integer,               -- HTTP status, null: no answer
  reason text,                  -- why the host is closed until the rules can be read; null: they can
  body text not null default '',  -- the rules, the first 500 KiB; '' also where there are none
  etag text,
  last_modified text,
  crawl_delay real,             -- seconds, as asked for, before it is capped
  changed_at text               -- when the rules last became others
) strict
"""

CERTIFICATES = """
create table certificates (
  host text primary key,
  fingerprint text not null,    -- SHA-256
  issuer text not null,
  expires_at text not null,
  seen_at text not null
) strict
"""

NOTICES = """
create table notices (
  id integer primary key,
  at text not null,
  crawl_id integer references crawls(id) on delete set null,
  host text not null,
  kind text not null check (kind in ('robots', 'certificate')),
  detail text not null          -- what changed, in a sentence
) strict
"""

OPTOUTS = """
create table optouts (
  id integer primary key,
  kind text not null check (kind in ('url', 'host', 'pattern')),
  pattern text not null unique, -- a canonical URL; a host, for it and all below it; a regular expression on URLs
  reason text,
  added_at text not null,
  pages integer not null default 0,    -- pages that were removed
  articles integer not null default 0  -- articles that were removed
) strict
"""

ERASURES = """
create table erasures (
  id integer primary key,
  warc_file text not null,
  warc_offset integer not null, -- of a record whose bytes are still to be overwritten
  unique (warc_file, warc_offset)
) strict
"""

TABLES = (HOSTS, ROBOTS, CERTIFICATES, NOTICES, OPTOUTS, ERASURES)

INDEXES = """
create index pages_family on pages(site, family) where family is not null;
create index pages_missing on pages(missing_since) where missing_since is not null;
create index pages_optout on pages(optout_id) where optout_id is not null;
create index pages_alias on pages(alias_of) where alias_of is not null
"""


def create(db: Database) -> None:
    """Makes the columns, tables and indexes in a database that has those of the steps before."""
    for table, columns in COLUMNS.items():
        for column in columns.strip().splitlines():
            db.execute(f"alter table {table} add column {column.partition('--')[0]}")  # SQLite would keep half of it
    for statement in (*TABLES, *INDEXES.split(";")):
        db.execute(statement)
