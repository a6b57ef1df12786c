"""The table of step m007 in migrations.py: the texts of revisions that have been superseded, to be searched.

Triggers on `revisions` bring them there, in SQL only, so that it makes no difference what program writes; from there
they get into the index `superseded_fts` (see fts.py). Append-only like the steps: a change is a new step.
"""

# ruff: noqa: S608 (the statements are put together from this module's own words)

from sqlite_utils import Database

from archive.storage.fulltext import index

SUPERSEDED = """
create table superseded (
  id integer primary key references revisions(id) on delete cascade,
  article_id integer not null references articles(id) on delete cascade,
  number integer not null,      -- of the revision; the newest one of an article is in articles
  seen_at text not null,        -- when it was seen first
  until text not null,          -- when the next one was
  title text not null,
  source text,
  site text not null,           -- of the article
  language text,
  published text,
  text text not null
) strict
"""

TABLES = (SUPERSEDED,)

# The first is what a search reads of very many rows, without walking the pages that hold the text.
INDEXES = """
create index superseded_places on superseded(id, article_id, number, until);
create index superseded_article on superseded(article_id);
create index pages_gone on pages(gone_since) where gone_since is not null
"""

# A revision as a row of `superseded`, if a later one has been seen.
ROWS = """
select r.id, r.article_id, r.number, r.seen_at, n.seen_at,
  coalesce(json_extract(r.content, '$.title'), ''), json_extract(r.content, '$.source'), a.site,
  coalesce(json_extract(r.content, '$.language'), a.language), json_extract(r.content, '$.published'),
  coalesce(json_extract(r.content, '$.text'), '')
from revisions r
join articles a on a.id = r.article_id
join revisions n on n.article_id = r.article_id and n.number = (
  select min(later.number) from revisions later where later.article_id = r.article_id and later.number > r.number
)
"""

# Of where a revision was written, or was before, and the one before it: what is the newest one now, and what is not.
NEAR = """select id from revisions where article_id = {row}.article_id and number <= {row}.number
  order by number desc limit 2"""
FOLLOW = f"""
delete from superseded where id = (
  select id from revisions where article_id = {{row}}.article_id order by number desc limit 1
);
insert into superseded {ROWS} where r.id in ({NEAR})
on conflict (id) do update set article_id = excluded.article_id, number = excluded.number, seen_at = excluded.seen_at,
  until = excluded.until, title = excluded.title, source = excluded.source, site = excluded.site,
  language = excluded.language, published = excluded.published, text = excluded.text;
"""

TRIGGERS = {
    "superseded_insert after insert on revisions": FOLLOW.format(row="new"),
    "superseded_update after update of article_id, number, content, seen_at on revisions": FOLLOW.format(row="old")
    + FOLLOW.format(row="new"),
    "superseded_delete after delete on revisions": "delete from superseded where id = old.id;"
    + FOLLOW.format(row="old"),
    "superseded_site after update of site on articles when old.site is not new.site": (
        "update superseded set site = new.site where article_id = new.id;"
    ),
}

# Earlier versions looked once at a page that was gone, and never again.
GONE = """
update pages set missing_since = fetched_at, gone_since = fetched_at
where state = 'gone' and gone_since is null and id in (select page_id from articles)
"""


def create(db: Database) -> None:
    """Makes the table with its indexes and fills it, in a database that has those of the steps before."""
    for statement in (*TABLES, *INDEXES.split(";"), f"insert into superseded {ROWS}", GONE):
        db.execute(statement)
    for when, what in TRIGGERS.items():
        db.execute(f"create trigger {when} begin {what} end")
    for statement in index.create_sql(index.SUPERSEDED):
        db.conn.execute(statement)
    index.rebuild(db, [index.SUPERSEDED])
