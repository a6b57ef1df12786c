-- Importing the files of other web archives: how far each was read, and where an imported page came from.


-- Imports

-- Files of web archives that were imported into this one, and how far the last import of each came.
create table imports (
  id integer primary key,
  source text not null unique,  -- absolute path; of a file in a WACZ its name there follows a #
  state text not null,          -- size and time of the file, and the selection: an import goes on where these are the same
  started_at text not null,     -- of the last import
  finished_at text,             -- null while it runs, and when it was killed
  position integer not null default 0,  -- bytes of the file that are settled
  revisits text not null default '[]',  -- JSON list: offsets of revisit records that wait for the end of the file
  counts text not null default '{}'  -- JSON object: what became of the file's records -> number of records
) strict;

alter table fetches add column
  origin text;                  -- JSON object of an imported record: file, offset, record (its id), payload (its digest); null where it was crawled
