-- Merging archives: how far each was taken in, and what a revision was extracted with, by which a conflict is decided.


-- Merges

-- Archives that were merged into this one, and how far the last merge of each came.
create table merges (
  id integer primary key,
  source text not null unique,  -- absolute path of the other archive
  state text not null,          -- size and time of its files: a killed merge goes on if they are the same
  started_at text not null,     -- of the last merge
  finished_at text,             -- null while it runs, and when it was killed
  last_page integer not null default 0,  -- id, in the other archive, of the last page that was taken in
  warc_files text not null default '{}'  -- JSON object: name of a WARC file there -> its name here
) strict;

alter table revisions add column
  extractor text;               -- version of the extraction, null where it is not known

update revisions set extractor = a.extractor from articles a where a.id = revisions.article_id and a.revision = revisions.number;
