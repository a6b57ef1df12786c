-- Views for questions: each joins what a question needs, under names that are no words of SQL.


-- Views for questions

-- The references of articles with the works that they point to: one row for each reference.
create view article_references as
select
  b.article_id,
  a.site,
  a.published,                  -- date of the article
  a.language,
  a.title as article_title,
  a.url as article_url,
  b.position as reference_position,  -- from 0
  b.kind,                       -- list, link, inline or mention
  b.raw as printed,             -- text of the reference as printed
  b.work_id,                    -- null for references without identifier and title
  coalesce(w.title, b.title) as work_title,  -- as most references to the work print it
  coalesce(w.container_title, b.container_title) as work_container,  -- journal, book or website
  coalesce(w.year, b.year) as work_year,
  coalesce(w.doi, b.doi) as doi,
  coalesce(w.pmid, b.pmid) as pmid,
  (select group_concat(distinct r.nature) from work_retractions r where r.work_id = b.work_id) as notices  -- of the Retraction Watch table
from bibliography b
join articles a on a.id = b.article_id
left join works w on w.id = b.work_id;

-- The changes of articles: one row for each revision but the first, with the revision before it.
create view article_changes as
select
  p.article_id,
  p.site,
  a.url as article_url,
  p.number + 1 as revision,     -- number of the revision that came with the change
  p.until as changed_at,        -- time of the fetch that found it
  p.seen_at as previous_seen_at,  -- time of the fetch that found the revision before
  p.title as title_before,
  coalesce(n.title, a.title) as title_after,
  length(p.text) as characters_before,
  length(coalesce(n.text, a.text)) as characters_after,
  p.text as text_before,
  coalesce(n.text, a.text) as text_after
from superseded p
join articles a on a.id = p.article_id
left join superseded n on n.article_id = p.article_id and n.number = p.number + 1;

-- In-text citations with the references that they name: one row for each reference of a citation.
create view article_citations as
select
  c.article_id,
  c.position as citation_position,  -- from 0
  c.marker,                     -- text as printed
  c.start as start_offset,      -- offset into articles.text, in characters
  c."end" as end_offset,        -- offset of the character behind the marker
  r.value as reference_position  -- position in article_references, null where the marker names no known reference
from citations c
left join json_each(c."references") r;

-- The articles of each site by month of publication.
create view site_months as
select
  site,                         -- '' for single URLs
  substr(published, 1, 7) as published_month,  -- YYYY-MM, null for articles without a date
  count(*) as articles,
  sum(exists (select 1 from bibliography b where b.article_id = a.id)) as with_references,  -- articles that have references
  sum(marketing_length > 0) as with_marketing,  -- articles of which blocks that advertise were cut
  sum(revision > 1) as changed  -- articles with more than one revision
from articles a
group by 1, 2;

-- The works that articles cite, with how many do.
create view work_citations as
select
  w.id as work_id,
  w.title as work_title,        -- as most references print it
  w.container_title as work_container,  -- journal, book or website
  w.year as work_year,
  w.doi,
  w.pmid,
  count(distinct b.article_id) as articles,  -- that cite it
  count(distinct a.site) as sites,  -- with such articles
  min(a.published) as first_cited,  -- publication date of the first of these articles
  max(a.published) as last_cited,   -- publication date of the last of them
  (select group_concat(distinct r.nature) from work_retractions r where r.work_id = w.id) as notices  -- of the Retraction Watch table
from works w
join bibliography b on b.work_id = w.id
join articles a on a.id = b.article_id
group by w.id;
