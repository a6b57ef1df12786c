-- Pages with noarchive: their text and facts are kept for search, and their bytes are not. Until now nothing of them was.

alter table articles add column
  noarchive integer not null default 0;  -- 1 where the page asks for no archived copy: its text is kept, its bytes are not

alter table fetches add column
  withheld integer not null default 0;  -- 1 where the WARC record has the headers only: noindex or noarchive

update fetches set withheld = 1 where outcome = 'refused' and reason in ('noarchive', 'noindex');

update pages set due_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
where state = 'refused' and reason = 'noarchive' and optout_id is null;
