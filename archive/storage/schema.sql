-- The schema of an archive. docs/schema.md is made from the comments of this file: those above a table describe the
-- table, those behind a column describe the column.
--
-- Times are ISO 8601 in UTC (2024-05-21T08:00:00.000000Z), dates YYYY-MM-DD. Columns with the default '[]' or '{}' hold
-- JSON. Two parts of the schema are generated, because SQL would repeat itself: the full-text indexes
-- (fulltext/index.py) and the triggers that keep the table `superseded` (past_revisions.py).
--
-- This file is what migrations.py starts from. A change after a release is a new step there, not an edit here: its SQL
-- is a file named for the step, and docs/schema.md adds the columns of these files to their tables.


-- Crawls and hosts

-- One row for each run of the crawler.
create table crawls (
  id integer primary key,
  started_at text not null,
  finished_at text,             -- null while it runs, and when it was killed
  pid integer not null,         -- process that ran it
  command text not null,        -- command line as typed
  outcome text not null default 'running' check (outcome in ('running', 'finished', 'stopped', 'died')),
  reason text,                  -- why it ended early, in a sentence
  counts text not null default '{}'  -- JSON object: site -> outcome -> number of pages
) strict;

-- What a crawl has to remember about a host until the next crawl.
create table hosts (
  host text primary key,
  ready_at text,                -- no request before this time
  held text,                    -- why the host is held longer than its usual delay, a short fixed word, else null
  backoff integer not null default 0,  -- consecutive responses that told the crawler to slow down
  day text,                     -- date (UTC) that `asked` counts for
  asked integer not null default 0  -- requests sent on that date
) strict;

-- The latest robots.txt of each origin.
create table robots (
  origin text primary key,      -- scheme, host and port that the rules apply to
  fetched_at text not null,     -- time of the last request
  status integer,               -- HTTP status, null without a response
  reason text,                  -- why the host is closed until the rules can be read, null when they can
  body text not null default '',  -- the rules, at most 500 KiB, '' when there are none
  etag text,
  last_modified text,
  crawl_delay real,             -- seconds as stated, before the crawler's own limit applies
  changed_at text               -- when the rules last changed
) strict;

-- The latest TLS certificate of each host.
create table certificates (
  host text primary key,
  fingerprint text not null,    -- SHA-256
  issuer text not null,
  expires_at text not null,
  seen_at text not null
) strict;

-- Changes of a host that an operator should know about.
create table notices (
  id integer primary key,
  at text not null,
  crawl_id integer references crawls(id) on delete set null,
  host text not null,
  kind text not null check (kind in ('robots', 'certificate')),
  detail text not null          -- what changed, in a sentence
) strict;


-- Pages and fetches

-- One row for each URL ever seen, with its state and when it is due: the frontier of the crawler.
create table pages (
  id integer primary key,
  url text not null unique,     -- canonical form
  host text not null,
  site text not null default '',  -- name of the configured site, '' for single URLs
  kind text not null check (kind in ('article', 'feed', 'sitemap', 'listing')),
  priority integer generated always as (
    case kind when 'feed' then 0 when 'sitemap' then 1 when 'listing' then 2 else 3 end
  ) virtual,                    -- discovery pages first, so that a crawl that ends early has seen what is new
  family text,                  -- URL template, where the URL can vary without end, else null
  depth integer not null default 0,  -- number of next links from the first page of a listing to this one
  found_on integer references pages(id) on delete set null,  -- the page that links to it
  discovered_at text not null,
  link_title text,              -- title in the feed, sitemap or listing
  link_published text,          -- publication date in the feed, sitemap or listing
  link_modified text,           -- last modification time in the feed or sitemap
  state text not null default 'new'
    check (state in ('new', 'stored', 'read', 'no article', 'gone', 'refused', 'failed', 'alias')),
  reason text,                  -- why the page is in this state, a short fixed word
  alias_of integer references pages(id) on delete set null,  -- the page that this URL redirects to or has as canonical
  optout_id integer,            -- → optouts: the page was removed and is never fetched again
  due_at text,                  -- when it is fetched next, null for never
  interval integer,             -- seconds between fetches of a feed, sitemap or listing, as last chosen
  failures integer not null default 0,  -- consecutive failed fetches
  fetched_at text,              -- time of the last fetch
  status integer,               -- HTTP status of the last fetch
  etag text,
  last_modified text,
  digest text,                  -- SHA-1 of the last body, content encoding undone
  payload text,                 -- SHA-1 of the last body as received, before the content encoding is undone
  directives text,              -- robots directives of the last response that concern archives: noarchive, noindex
  missing_since text,           -- of an article: the first fetch that found the page gone, null when it is available
  gone_since text               -- the same time, once a second fetch has confirmed it
) strict;

create index pages_due on pages(host, priority, due_at, id) where due_at is not null;
create index pages_site_state on pages(site, state);
create index pages_family on pages(site, family) where family is not null;
create index pages_missing on pages(missing_since) where missing_since is not null;
create index pages_gone on pages(gone_since) where gone_since is not null;
create index pages_optout on pages(optout_id) where optout_id is not null;
create index pages_alias on pages(alias_of) where alias_of is not null;

-- One row for each HTTP exchange and its outcome.
create table fetches (
  id integer primary key,
  page_id integer not null references pages(id) on delete cascade,
  crawl_id integer references crawls(id) on delete set null,
  url text not null,            -- URL that responded, after redirects
  fetched_at text not null,
  outcome text not null
    check (outcome in ('stored', 'unchanged', 'read', 'no article', 'gone', 'refused', 'failed', 'alias')),
  reason text,                  -- why it has this outcome, a short fixed word
  detail text,                  -- error or warning, in a sentence
  content text,                 -- effect on the article: new, changed or same, null without an article
  status integer,               -- HTTP status, null without a response
  content_type text,
  size integer,                 -- bytes of the body, content encoding undone
  seconds real,                 -- from the request to the last byte
  digest text,                  -- SHA-1 of the body, content encoding undone
  warc_file text,               -- file name in the archive's WARC folder
  warc_offset integer           -- bytes from the start of the file to the response record
) strict;

create index fetches_page on fetches(page_id);
create index fetches_crawl on fetches(crawl_id, outcome);

-- What must not be fetched: URLs, hosts and patterns that were excluded, and how much was removed for them.
create table optouts (
  id integer primary key,
  kind text not null check (kind in ('url', 'host', 'pattern')),
  pattern text not null unique, -- a canonical URL, a host with all its subdomains, or a regular expression for URLs
  reason text,
  added_at text not null,
  pages integer not null default 0,    -- pages that were removed
  articles integer not null default 0  -- articles that were removed
) strict;

-- WARC records of removed pages whose bytes are not overwritten yet.
create table erasures (
  id integer primary key,
  warc_file text not null,
  warc_offset integer not null, -- bytes from the start of the file to the record
  unique (warc_file, warc_offset)
) strict;


-- Articles and their parts

-- The newest revision of each article.
create table articles (
  id integer primary key,
  page_id integer not null unique references pages(id) on delete cascade,
  fetch_id integer references fetches(id) on delete set null,  -- the fetch it was extracted from
  url text not null unique,
  site text not null,
  title text not null,
  authors text not null default '[]',
  editors text not null default '[]',
  source text,                  -- publisher that the page names (来源)
  published text,               -- publication date, null when the page states none
  modified text,                -- date of the last change that the page states
  language text,                -- BCP 47
  section text,
  description text,
  keywords text not null default '[]',
  views integer,                -- number of views that the page states
  canonical_url text,           -- URL that the page states with rel=canonical
  site_name text,
  encoding text not null,       -- character encoding
  encoding_source text not null,  -- where the character encoding was stated or detected
  removed integer not null,     -- number of boilerplate blocks that were cut, see `removals`
  marketing integer not null,   -- number of those that advertise, by their kind
  content_hash text not null,   -- SHA-1 of title, text and references: another hash makes a new revision
  extractor text not null,      -- version of the extraction
  revision integer not null default 1,  -- number of the newest revision
  first_seen text not null,
  last_changed text not null,
  -- The long columns are the last, so that reading the others does not read the database pages that hold the text.
  text text not null,           -- paragraphs with a blank line between them, without the reference list
  markdown text not null
) strict;

create index articles_content on articles(content_hash);
create index articles_published on articles(published desc, id desc);
create index articles_language on articles(language);
-- Sites and their dates are counted from the index alone: a tenth of the time with a million articles.
create index articles_site_published on articles(site, published);

-- References of an article, in the order in which the page has them.
create table bibliography (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  position integer not null,    -- from 0, index in Article.references
  work_id integer references works(id) on delete set null,  -- null for references without identifier and title
  label text,                   -- number or name in front of the reference
  raw text not null,            -- text as printed
  kind text not null,           -- list, link, inline or mention
  type text,
  authors text not null default '[]',
  title text,
  container_title text,         -- journal, book or website
  publisher text,
  year integer,
  volume text,
  issue text,
  pages text,
  doi text,
  pmid text,
  pmcid text,
  nct text,
  chictr text,
  isrctn text,
  arxiv text,
  isbn text,
  issn text,
  url text,
  confidence text not null default '{}',  -- JSON object: field -> confidence from 0 to 1
  unique (article_id, position)
) strict;

-- Cited works are counted from the index alone.
create index bibliography_work_article on bibliography(work_id, article_id);
create index bibliography_doi on bibliography(doi) where doi is not null;
create index bibliography_pmid on bibliography(pmid) where pmid is not null;
create index bibliography_pmcid on bibliography(pmcid) where pmcid is not null;
create index bibliography_nct on bibliography(nct) where nct is not null;
create index bibliography_chictr on bibliography(chictr) where chictr is not null;
create index bibliography_isrctn on bibliography(isrctn) where isrctn is not null;
create index bibliography_arxiv on bibliography(arxiv) where arxiv is not null;

-- In-text citations of an article.
create table citations (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  position integer not null,    -- from 0, index in Article.citations
  marker text not null,         -- text as printed
  start integer not null,       -- offset into articles.text, in characters
  "end" integer not null,       -- offset of the character behind the marker
  "references" text not null default '[]',  -- positions in bibliography
  unique (article_id, position)
) strict;

-- Images of an article.
create table images (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  url text not null,
  alt text not null default '',
  caption text not null default '',
  position integer              -- offset into articles.text of the text that follows the image
) strict;

create index images_article on images(article_id);

-- Blocks of a page that were cut as boilerplate.
create table removals (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  text text not null,
  reason text not null,         -- rule that matched
  kind text                     -- kind of advertising (advertisement, call to action, contact, form, newsletter, phone, QR code, slogan) or clutter (form field, navigation, poll, related list, share)
) strict;

create index removals_article on removals(article_id);

-- Text blocks of a site, to recognise boilerplate by its recurrence.
create table blocks (
  id integer primary key,
  site text not null,
  fingerprint text not null,    -- hash of the block, see archive.extraction.block_fingerprints
  pages integer not null,       -- number of the site's pages that have the block
  unique (site, fingerprint)
) strict;

create index blocks_recurring on blocks(site, pages);


-- Revisions

-- Every revision of an article, the newest included.
create table revisions (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  number integer not null,      -- from 1
  fetch_id integer references fetches(id) on delete set null,
  seen_at text not null,        -- time of the fetch that found it
  content_hash text not null,   -- as in articles
  content text not null,        -- whole article as JSON, with the field names of archive.article.Article
  unique (article_id, number)
) strict;

-- Past revisions: the text of each revision but the newest, for full-text search. Triggers on `revisions` fill it.
create table superseded (
  id integer primary key references revisions(id) on delete cascade,
  article_id integer not null references articles(id) on delete cascade,
  number integer not null,      -- number of the revision
  seen_at text not null,        -- when the revision was found
  until text not null,          -- when the next revision was found
  title text not null,
  source text,
  site text not null,           -- site of the article
  language text,
  published text,
  text text not null
) strict;

-- A search reads these columns of many rows: the index spares it the database pages that hold the text.
create index superseded_places on superseded(id, article_id, number, until);
create index superseded_article on superseded(article_id);


-- Works

-- Publications that references point to. References to the same publication share a work.
create table works (
  id integer primary key,
  key text not null unique,     -- its strongest matching key, for joins only: see archive.works.matching
  doi text,
  pmid text,
  pmcid text,
  title text,
  container_title text,
  year integer
) strict;

-- Sets of matching keys. References with the same keys share a row.
create table signatures (
  id integer primary key,
  keys text not null unique,    -- JSON array, strongest key first, see archive.works.matching
  work_id integer references works(id) on delete set null
) strict;

create index signatures_work on signatures(work_id);

-- The single keys of each set.
create table signature_keys (
  signature_id integer not null references signatures(id) on delete cascade,
  key text not null,            -- doi:…, pmid:…, pmcid:…, arxiv:…, standard:…, url:…, title:… or entry:…
  primary key (signature_id, key)
) strict, without rowid;

create index signature_keys_key on signature_keys(key);

-- The set of keys of each reference.
create table reference_signatures (
  reference_id integer primary key references bibliography(id) on delete cascade,
  signature_id integer not null references signatures(id) on delete cascade
) strict;

create index reference_signatures_signature on reference_signatures(signature_id);

-- All identifiers of a work.
create table work_identifiers (
  work_id integer not null references works(id) on delete cascade,
  kind text not null,           -- doi, pmid, pmcid, nct, chictr, isrctn, arxiv, isbn or issn
  value text not null,          -- each one that any reference to the work prints
  origin text not null,         -- printed, or the service in `lookups` that returned it where no reference prints one
  primary key (work_id, kind, value)
) strict, without rowid;

create index work_identifiers_value on work_identifiers(value, kind);

-- Records of the Retraction Watch table.
create table retractions (
  record_id integer primary key,  -- number in the Retraction Watch table
  nature text not null
    check (nature in ('Retraction', 'Correction', 'Expression of concern', 'Reinstatement')),
  date text,                    -- date of the notice
  title text not null,          -- title of the publication that the notice is about
  journal text,
  reasons text not null default '[]',
  doi text,                     -- DOI of the notice
  pmid text,                    -- PMID of the notice
  original_date text,           -- date of the publication
  original_doi text,            -- DOI of the publication, matched with works in `work_retractions`
  original_pmid text,           -- PMID of the publication, matched with works in `work_retractions`
  urls text not null default '[]',
  notes text,
  loaded_at text not null
) strict;

create index retractions_original_doi on retractions(original_doi) where original_doi is not null;
create index retractions_original_pmid on retractions(original_pmid) where original_pmid is not null;

-- Requests to bibliographic services, so that none is sent twice.
create table lookups (
  id integer primary key,
  service text not null check (service in ('idconv', 'esummary', 'crossref', 'crossref search')),
  kind text not null,           -- kind of the value: doi, pmid, pmcid or title
  value text not null,          -- value that was looked up, a title as in works.key: title, year and first author
  asked_at text not null,       -- time of the request
  outcome text not null check (outcome in ('found', 'not found', 'failed', 'malformed')),
  status integer,               -- HTTP status
  detail text,                  -- error, in a sentence
  answer text,                  -- response as JSON
  unique (service, kind, value)
) strict;

create index lookups_value on lookups(value, kind);

-- Facts from the responses in `lookups`.
create table resolved (
  lookup_id integer not null references lookups(id) on delete cascade,
  field text not null check (field in ('doi', 'pmid', 'pmcid', 'title', 'container_title', 'year')),
  value text not null,
  primary key (lookup_id, field)
) strict, without rowid;

-- What services returned for a work. The join is by the value that was looked up, so that it survives when works are
-- matched again.
create view work_resolved as
select i.work_id, r.field, r.value, l.service
from work_identifiers i
join lookups l on l.kind = i.kind and l.value = i.value
join resolved r on r.lookup_id = l.id
union all
select s.work_id, r.field, r.value, l.service
from signatures s
join signature_keys k on k.signature_id = s.id and k.key >= 'title:' and k.key < 'title;'
join lookups l on l.kind = 'title' and l.value = substr(k.key, 7)
join resolved r on r.lookup_id = l.id;

-- The retraction records of each work: matched by DOI, and by PMID where the work or the record has no DOI, or where
-- the record's DOI matches no work.
create view work_retractions as
select k.work_id, r.record_id, r.nature, r.date, 'doi' as matched_by
from work_identifiers k join retractions r on r.original_doi = k.value
where k.kind = 'doi'
union all
select k.work_id, r.record_id, r.nature, r.date, 'pmid'
from work_identifiers k join retractions r on r.original_pmid = k.value
where k.kind = 'pmid' and (
  r.original_doi is null
  or not exists (select 1 from work_identifiers d where d.work_id = k.work_id and d.kind = 'doi')
  or not exists (select 1 from work_identifiers d where d.kind = 'doi' and d.value = r.original_doi)
);


-- Duplicates

-- Groups of near-duplicate articles. Articles without a duplicate have no row.
create table copies (
  article_id integer primary key references articles(id) on delete cascade,
  group_id integer not null,    -- → articles: the first of the group by published, else by first_seen
  similarity real not null      -- estimated Jaccard similarity to that article, 0 to 1
) strict;

create index copies_group on copies(group_id);

-- Methods that MinHash sketches were made with. Sketches of different methods cannot be compared.
create table sketchings (
  id integer primary key,
  algorithm text not null unique  -- library, version of its method, and our parameters
) strict;

-- Texts of articles, each once.
create table distinct_texts (
  id integer primary key,
  digest integer not null unique,  -- hash of the folded text, without case, punctuation and white space
  units integer not null,       -- length: words, and characters of scripts that are written without spaces
  sketching_id integer references sketchings(id),  -- null for texts that are too short for a sketch
  bands blob,                   -- the rows of this text in text_bands, 4 bytes each, little-endian
  sketch blob                   -- lowest byte of each MinHash value, from which similarity is estimated
) strict;

-- The text of each article.
create table article_texts (
  article_id integer primary key references articles(id) on delete cascade,
  text_id integer not null references distinct_texts(id)
) strict;

create index article_texts_text on article_texts(text_id);

-- LSH bands of the sketches: texts that share a band are compared. A declared foreign key would need an index as large
-- as the table.
create table text_bands (
  band integer not null,        -- hash of a part of the sketch
  text_id integer not null,     -- → distinct_texts
  primary key (band, text_id)
) strict, without rowid;

-- Pairs of texts that are near-duplicates, each in both directions.
create table text_pairs (
  text_id integer not null references distinct_texts(id),
  copy_id integer not null,     -- → distinct_texts
  primary key (text_id, copy_id)
) strict, without rowid;
