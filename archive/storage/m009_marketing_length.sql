-- How much advertising a page has. Both figures are counted from the stored removals, because an earlier program also
-- counted share bars and lists of links.

alter table articles add column
  marketing_length integer not null default 0;  -- characters of the blocks that `marketing` counts

create index articles_marketing_length on articles(marketing_length) where marketing_length > 0;

update articles set (marketing, marketing_length) = (
  select count(*), coalesce(sum(length(text)), 0) from removals
  where article_id = articles.id
    and kind in ('advertisement', 'call to action', 'contact', 'form', 'newsletter', 'phone', 'QR code', 'slogan')
)
where marketing > 0 or id in (select article_id from removals where kind is not null);
