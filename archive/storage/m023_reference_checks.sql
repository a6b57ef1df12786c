-- Checks of printed references, by the page alone and against bibliographic indexes.


-- Works

-- Verdicts on printed references. By the page alone only contradictions are kept, of an index all verdicts.
create table reference_checks (
  reference_id integer not null references bibliography(id) on delete cascade,
  source text not null,         -- name of the index, '' for what the page alone tells
  verdict text not null check (verdict in ('agrees', 'contradicts', 'not found', 'not checkable')),
  contradictions text not null default '[]',  -- JSON array of objects: field, printed, known, reason
  record text not null default '',  -- record that it was compared with: pmid:…, doi:… or a title
  as_of text not null default '',  -- day on which the index was last added to
  method text not null,         -- name and version of the rules
  primary key (reference_id, source)
) strict, without rowid;

create index reference_checks_doubtful on reference_checks(reference_id) where verdict = 'contradicts';

-- What was said of a reference does not hold for what stands in its place.
create trigger reference_changed after update on bibliography
when (old.raw, old.title, old.year, old.volume, old.pages, old.doi, old.pmid, old.container_title, old.authors)
  is not (new.raw, new.title, new.year, new.volume, new.pages, new.doi, new.pmid, new.container_title, new.authors)
begin
  delete from reference_checks where reference_id = old.id;
end;
