"""The tables of step m003 in migrations.py: what tells works apart, what befell them, and what registries say of them.

Append-only like the steps: a change is a new step.
"""

from sqlite_utils import Database

SIGNATURES = """
create table signatures (
  id integer primary key,
  keys text not null unique,    -- JSON array, strongest first, see archive.works.matching
  work_id integer references works(id) on delete set null
) strict
"""

SIGNATURE_KEYS = """
create table signature_keys (
  signature_id integer not null references signatures(id) on delete cascade,
  key text not null,            -- doi:…, pmid:…, pmcid:…, arxiv:…, title:… or entry:…
  primary key (signature_id, key)
) strict, without rowid
"""

REFERENCE_SIGNATURES = """
create table reference_signatures (
  reference_id integer primary key references bibliography(id) on delete cascade,
  signature_id integer not null references signatures(id) on delete cascade
) strict
"""

WORK_IDENTIFIERS = """
create table work_identifiers (
  work_id integer not null references works(id) on delete cascade,
  kind text not null,           -- doi, pmid, pmcid, nct, chictr, isrctn, arxiv, isbn or issn
  value text not null,          -- every one that any reference to the work prints
  origin text not null,         -- printed, or the service of `lookups` that named it where none of the kind is printed
  primary key (work_id, kind, value)
) strict, without rowid
"""

RETRACTIONS = """
create table retractions (
  record_id integer primary key,  -- as in the Retraction Watch table
  nature text not null
    check (nature in ('Retraction', 'Correction', 'Expression of concern', 'Reinstatement')),
  date text,                    -- of the notice
  title text not null,          -- of the publication that the notice is about
  journal text,
  reasons text not null default '[]',
  doi text,                     -- of the notice
  pmid text,
  original_date text,
  original_doi text,            -- of the publication; the match with works is made on these two, in work_retractions
  original_pmid text,
  urls text not null default '[]',
  notes text,
  loaded_at text not null
) strict
"""

LOOKUPS = """
create table lookups (
  id integer primary key,
  service text not null check (service in ('idconv', 'esummary', 'crossref', 'crossref search')),
  kind text not null,           -- of what was asked about: doi, pmid, pmcid, or title
  value text not null,          -- a title as in works.key: title, year and first author
  asked_at text not null,
  outcome text not null check (outcome in ('found', 'not found', 'failed', 'malformed')),
  status integer,               -- HTTP status
  detail text,                  -- the error in a sentence
  answer text,                  -- JSON: what the service said
  unique (service, kind, value)
) strict
"""

RESOLVED = """
create table resolved (
  lookup_id integer not null references lookups(id) on delete cascade,
  field text not null check (field in ('doi', 'pmid', 'pmcid', 'title', 'container_title', 'year')),
  value text not null,
  primary key (lookup_id, field)
) strict, without rowid
"""

TABLES = (SIGNATURES, SIGNATURE_KEYS, REFERENCE_SIGNATURES, WORK_IDENTIFIERS, RETRACTIONS, LOOKUPS, RESOLVED)

INDEXES = """
create index signatures_work on signatures(work_id);
create index signature_keys_key on signature_keys(key);
create index reference_signatures_signature on reference_signatures(signature_id);
create index work_identifiers_value on work_identifiers(value, kind);
create index lookups_value on lookups(value, kind);
create index retractions_original_doi on retractions(original_doi) where original_doi is not null;
create index retractions_original_pmid on retractions(original_pmid) where original_pmid is not null
"""

# What was looked up belongs to a work by what was asked about, so that it stays when works are merged anew.
WORK_RESOLVED = """
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
join resolved r on r.lookup_id = l.id
"""

# By DOI; by PMID where that says nothing: one of the two has no DOI, or the notice's leads to no work.
WORK_RETRACTIONS = """
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
)
"""

VIEWS = (WORK_RESOLVED, WORK_RETRACTIONS)


def create(db: Database) -> None:
    """Makes the tables, indexes and views in a database that has those of the steps before."""
    for statement in (*TABLES, *INDEXES.split(";"), *VIEWS):
        db.execute(statement)
