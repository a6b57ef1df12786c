-- Papers behind articles, found in a bibliographic index by `works --link`. They are not printed in the articles.


-- Works and retractions

-- Papers that an article probably reports on. Nothing of them is printed there: a model found them.
create table paper_links (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  paper text not null,          -- what the paper is known by: doi:…, pmid:… or title:…
  doi text,
  pmid text,
  title text not null,
  authors text not null default '[]',
  container_title text,         -- journal
  published text,               -- date in the bibliographic index, as far as it is stated there
  probability real not null,    -- that the article reports on the paper, from 0 to 1
  is_answer integer not null,   -- 1: probable enough to be named as the paper, 0: one of several candidates
  evidence text not null default '[]',  -- passages that speak for it: kind, value, part (title or text), start, end, quote
  link_method text not null,    -- name and version of the model
  linked_at text not null,
  decision text check (decision in ('confirmed', 'rejected')),  -- of a reader
  decided_at text,
  unique (article_id, paper)
) strict;

create index paper_links_doi on paper_links(doi) where doi is not null;
create index paper_links_pmid on paper_links(pmid) where pmid is not null;

-- With what the paper behind an article was looked for last, so that it is looked for again only after a change.
create table paper_linkings (
  article_id integer primary key references articles(id) on delete cascade,
  state text not null           -- content of the article, method and state of the bibliographic index
) strict;
