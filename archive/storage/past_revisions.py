"""The triggers that keep the table `superseded`, the texts of past revisions, in step with `revisions`.

They are SQL only, so that any program may write to `revisions`. The full-text index `superseded_fts` follows the table
by triggers of its own (fulltext/index.py).
"""

from sqlite_utils import Database

from archive.storage.sql import Fragment, compose

# Revisions as rows of `superseded`, if a later revision exists.
ROWS = Fragment("""
select r.id, r.article_id, r.number, r.seen_at, n.seen_at,
  coalesce(json_extract(r.content, '$.title'), ''), json_extract(r.content, '$.source'), a.site,
  coalesce(json_extract(r.content, '$.language'), a.language), json_extract(r.content, '$.published'),
  coalesce(json_extract(r.content, '$.text'), '')
from revisions r
join articles a on a.id = r.article_id
join revisions n on n.article_id = r.article_id and n.number = (
  select min(later.number) from revisions later where later.article_id = r.article_id and later.number > r.number
)
""")

# A write changes whether the revision itself, and the one before it, are past. `row` is `new` or `old`.
REFRESH = """
delete from superseded where id = (
  select id from revisions where article_id = {row}.article_id order by number desc limit 1
);
insert into superseded {rows} where r.id in (
  select id from revisions where article_id = {row}.article_id and number <= {row}.number order by number desc limit 2)
on conflict (id) do update set article_id = excluded.article_id, number = excluded.number, seen_at = excluded.seen_at,
  until = excluded.until, title = excluded.title, source = excluded.source, site = excluded.site,
  language = excluded.language, published = excluded.published, text = excluded.text;
"""
NEW, OLD = (compose(REFRESH, row=row, rows=ROWS) for row in ("new", "old"))

TRIGGERS = {
    "superseded_insert after insert on revisions": NEW,
    "superseded_update after update of article_id, number, content, seen_at on revisions": OLD + NEW,
    "superseded_delete after delete on revisions": compose(
        "delete from superseded where id = old.id;{refresh}", refresh=OLD
    ),
    "superseded_site after update of site on articles when old.site is not new.site": (
        "update superseded set site = new.site where article_id = new.id;"
    ),
}


def create_triggers(db: Database) -> None:
    """Create the triggers in a database that has the tables."""
    for event, action in TRIGGERS.items():
        db.execute(f"create trigger {event} begin {action} end")
