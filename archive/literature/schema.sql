-- A bibliographic index: publications, and what finds those that a news text may report on.
create table records (
  id integer primary key,
  pmid text unique,
  doi text unique,
  pmcid text,
  key text unique, -- for a record without identifiers: its title, first author and year
  title text not null,
  authors text not null default '[]',
  journal_id integer references journals (id),
  published text not null default '',
  volume text not null default '',
  issue text not null default '',
  pages text not null default '',
  abstract blob,
  notice text not null default '',
  source_id integer references sources (id)
);
create table journals (
  id integer primary key,
  name text not null,
  abbreviation text not null default '',
  unique (name, abbreviation)
);
-- Files that were loaded, and how far.
create table sources (
  id integer primary key,
  name text not null,
  sha256 text not null unique,
  kind text not null,
  records integer not null default 0,
  skipped integer not null default 0,
  position integer not null default 0,
  loaded_at text not null default '',
  counted integer not null default 1 -- whether its terms are in `frequencies`
);
-- Terms of titles as stems, surnames (with and without the initial), and the journal's number.
create virtual table candidates using fts5 (
  title, people, journal, content = '', detail = column, tokenize = "unicode61 remove_diacritics 0 tokenchars '_'"
);
create virtual table candidate_terms using fts5vocab (candidates, col);
-- In how many records a term occurs, counted when a file has been loaded.
create table frequencies (
  term text not null,
  part text not null,
  records integer not null,
  primary key (term, part)
) without rowid;
