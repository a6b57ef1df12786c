-- What an entry prints beyond its names and its URL. Both are read from the page, so articles that are stored get them
-- when they are extracted again.

alter table bibliography add column
  et_al integer not null default 0;  -- 1 where the entry prints "et al.", 等, ほか …: more authors than are named

alter table bibliography add column
  accessed text;                -- date on which the author read the URL: YYYY-MM-DD, YYYY-MM or YYYY
