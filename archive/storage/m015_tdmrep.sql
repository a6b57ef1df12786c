-- What a site's /.well-known/tdmrep.json says of the use of its pages by machines: recorded as stated.

-- The latest tdmrep.json of each origin.
create table tdmrep (
  origin text primary key,               -- scheme, host and port of the file
  fetched_at text not null,              -- time of the last request
  status integer,                        -- HTTP status, null without a response
  reason text,                           -- why it was not read the last time: http 404, malformed, too large …; null when it was
  rules text not null default '[]',      -- location, tdm-reservation (null: unset) and tdm-policy of each rule, in sequence
  etag text,
  last_modified text
) strict;
