-- Site files

-- What the site files said at the last job, so that the next one sees which rules changed.
create table site_rules (
  site text primary key,
  rules text not null,          -- JSON object: key of the site file -> its value
  changed_at text not null      -- when they last changed, or were first read
) strict;
