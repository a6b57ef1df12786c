-- The first schema of a notes file. A later change is a file of its own, m002_….sql; see database.py.
--
-- Articles are named by their canonical URL, so that the archive may be rebuilt or merged. Times are ISO 8601 in UTC.
-- Whoever writes is named by the id of Datasette's actor. `version` counts the changes of a row: a writer who has read an
-- older one is refused. `history` keeps every state of every row and is never changed.

create table articles (
  id integer primary key,
  url text not null unique,
  title text not null,
  site text not null,
  language text not null,
  published text not null
) strict;

create table collections (
  id integer primary key,
  name text not null unique collate nocase,
  description text not null default '',
  version integer not null default 1,
  created_by text not null,
  created_at text not null,
  changed_by text not null,
  changed_at text not null
) strict;

create table members (
  collection_id integer not null references collections(id) on delete cascade,
  article_id integer not null references articles(id),
  revision integer not null,    -- that was current when the article was set aside
  content_hash text not null,
  found_by text not null,       -- the search that found it, '' if it was set aside alone
  added_by text not null,
  added_at text not null,
  primary key (collection_id, article_id)
) strict, without rowid;

create index members_article on members(article_id);

create table tags (
  article_id integer not null references articles(id),
  tag text not null collate nocase,
  added_by text not null,
  added_at text not null,
  primary key (article_id, tag)
) strict, without rowid;

create index tags_tag on tags(tag);

create table notes (
  id text primary key,          -- a UUID
  article_id integer not null references articles(id),
  body text not null,
  exact text,                   -- the passage, null for a note on the whole article
  prefix text not null default '',
  suffix text not null default '',
  start integer,                -- offsets of the passage in the text of that revision, in code points
  "end" integer,
  revision integer not null,
  content_hash text not null,
  seen_at text not null,        -- when that revision was archived
  version integer not null default 1,
  created_by text not null,
  created_at text not null,
  changed_by text not null,
  changed_at text not null
) strict, without rowid;

create index notes_article on notes(article_id);

create table studies (
  id integer primary key,
  name text not null unique collate nocase,
  codebook text not null,       -- TOML, as it was when the study was made
  coder_a text not null,
  coder_b text not null,
  adjudicator text not null default '',  -- '': any of the two
  created_by text not null,
  created_at text not null
) strict;

create table study_articles (
  study_id integer not null references studies(id),
  position integer not null,    -- from 1
  article_id integer not null references articles(id),
  revision integer not null,
  content_hash text not null,
  primary key (study_id, position),
  unique (study_id, article_id)
) strict, without rowid;

-- What a coder answered on an article; `coder` '' is the agreed answer, by `changed_by`.
create table codings (
  study_id integer not null references studies(id),
  position integer not null,
  coder text not null,
  answers text not null,        -- JSON object: question -> value of the choice
  comment text not null default '',
  version integer not null default 1,
  changed_by text not null,
  changed_at text not null,
  primary key (study_id, position, coder)
) strict, without rowid;

create table finished (
  study_id integer not null references studies(id),
  coder text not null,
  at text not null,
  primary key (study_id, coder)
) strict, without rowid;

create table history (
  id integer primary key,
  at text not null,
  actor text not null,
  kind text not null,           -- collection, member, tag, note, study, coding, finished
  item text not null,
  action text not null,         -- created, changed, deleted
  version integer not null,
  content text not null         -- JSON: the row after the change, or before it was deleted
) strict;

create index history_item on history(kind, item);
