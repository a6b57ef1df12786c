-- Kept counts: what the start page and the reports show of an archive of any size, without counting its rows.


-- Kept counts

-- Numbers of rows, which triggers keep in step: articles by site and month, articles by language, pages by site and state,
-- references and works. A number may be 0.
create table counts (
  name text not null,           -- what is counted: articles, languages, pages, references or works
  site text not null,           -- '' where it is not by site
  value text not null,          -- month (YYYY-MM, '' without a date), language or state, '' where it is by neither
  number integer not null,
  primary key (name, site, value)
) strict, without rowid;

-- The number of articles that cite each work, which triggers keep in step. It may be 0.
create table cited (
  work_id integer primary key,
  articles integer not null
) strict;

create index cited_most on cited(articles desc, work_id);

-- The lists that site files name or named.
create index pages_named_lists on pages(url) where kind <> 'article' and found_on is null and depth = 0;

insert into counts
select 'articles', site, coalesce(substr(published, 1, 7), ''), count(*) from articles group by 2, 3
union all select 'languages', '', coalesce(language, ''), count(*) from articles group by 3
union all select 'pages', site, state, count(*) from pages group by 2, 3
union all select 'references', '', '', count(*) from bibliography
union all select 'works', '', '', count(*) from works;

insert into cited
select work_id, count(distinct article_id) from bibliography where work_id is not null group by work_id;

create trigger counts_articles_insert after insert on articles begin
  insert into counts values ('articles', new.site, coalesce(substr(new.published, 1, 7), ''), 1)
    on conflict do update set number = number + 1;
  insert into counts values ('languages', '', coalesce(new.language, ''), 1)
    on conflict do update set number = number + 1;
end;

create trigger counts_articles_delete after delete on articles begin
  update counts set number = number - 1
    where name = 'articles' and site = old.site and value = coalesce(substr(old.published, 1, 7), '');
  update counts set number = number - 1
    where name = 'languages' and site = '' and value = coalesce(old.language, '');
end;

create trigger counts_articles_update after update of site, published, language on articles
when old.site is not new.site or old.published is not new.published or old.language is not new.language begin
  update counts set number = number - 1
    where name = 'articles' and site = old.site and value = coalesce(substr(old.published, 1, 7), '');
  update counts set number = number - 1
    where name = 'languages' and site = '' and value = coalesce(old.language, '');
  insert into counts values ('articles', new.site, coalesce(substr(new.published, 1, 7), ''), 1)
    on conflict do update set number = number + 1;
  insert into counts values ('languages', '', coalesce(new.language, ''), 1)
    on conflict do update set number = number + 1;
end;

create trigger counts_pages_insert after insert on pages begin
  insert into counts values ('pages', new.site, new.state, 1) on conflict do update set number = number + 1;
end;

create trigger counts_pages_delete after delete on pages begin
  update counts set number = number - 1 where name = 'pages' and site = old.site and value = old.state;
end;

create trigger counts_pages_update after update of site, state on pages
when old.site is not new.site or old.state is not new.state begin
  update counts set number = number - 1 where name = 'pages' and site = old.site and value = old.state;
  insert into counts values ('pages', new.site, new.state, 1) on conflict do update set number = number + 1;
end;

create trigger counts_works_insert after insert on works begin
  insert into counts values ('works', '', '', 1) on conflict do update set number = number + 1;
end;

create trigger counts_works_delete after delete on works begin
  update counts set number = number - 1 where name = 'works' and site = '' and value = '';
  delete from cited where work_id = old.id;
end;

create trigger counts_references_insert after insert on bibliography begin
  insert into counts values ('references', '', '', 1) on conflict do update set number = number + 1;
end;

create trigger counts_references_delete after delete on bibliography begin
  update counts set number = number - 1 where name = 'references' and site = '' and value = '';
end;

-- An article counts once for each work, however many of its references point to it.
create trigger cited_insert after insert on bibliography
when new.work_id is not null and not exists (
  select 1 from bibliography where work_id = new.work_id and article_id = new.article_id and id <> new.id
) begin
  insert into cited values (new.work_id, 1) on conflict do update set articles = articles + 1;
end;

create trigger cited_delete after delete on bibliography
when old.work_id is not null and not exists (
  select 1 from bibliography where work_id = old.work_id and article_id = old.article_id
) begin
  update cited set articles = articles - 1 where work_id = old.work_id;
end;

create trigger cited_lost after update of work_id, article_id on bibliography
when old.work_id is not null and (old.work_id is not new.work_id or old.article_id <> new.article_id) and not exists (
  select 1 from bibliography where work_id = old.work_id and article_id = old.article_id
) begin
  update cited set articles = articles - 1 where work_id = old.work_id;
end;

create trigger cited_won after update of work_id, article_id on bibliography
when new.work_id is not null and (old.work_id is not new.work_id or old.article_id <> new.article_id) and not exists (
  select 1 from bibliography where work_id = new.work_id and article_id = new.article_id and id <> new.id
) begin
  insert into cited values (new.work_id, 1) on conflict do update set articles = articles + 1;
end;
