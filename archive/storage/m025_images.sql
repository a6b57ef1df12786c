-- Images of articles: fetched where a site's file says so, as pages of the kind `image`.

alter table fetches add column
  media_type text;              -- of an image that is kept: what its bytes are, whatever the server calls them

alter table fetches add column
  width integer;                -- of an image in pixels, null where its head does not tell

alter table fetches add column
  height integer;               -- of an image in pixels


-- Articles and their parts

-- The images of all revisions of an article that were to be kept, with the page of each. Of articles of sites whose file does not
-- ask for images there are none.
create table article_images (
  article_id integer not null references articles(id) on delete cascade,
  url text not null,            -- as in `images`
  page_id integer references pages(id) on delete set null,  -- its page, of the kind `image`: state, fetches and records
  reason text,                  -- why it has none: too many, bad address, other page
  primary key (article_id, url)
) strict, without rowid;

create index article_images_page on article_images(page_id);
create index pages_images on pages(found_on) where kind = 'image';


-- Views for questions

-- What became of the images of articles: one row for each image of the newest revision.
create view article_image_fates as
select
  i.article_id,
  a.site,
  a.url as article_url,
  i.url as image_url,
  i.caption,
  i.alt,
  case when p.id is null then 'not fetched' when f.id is not null then 'kept' else p.state end as fate,  -- kept, not fetched, or the state of its page
  coalesce(l.reason, p.reason) as fate_reason,  -- why it was not fetched or not kept; of one that is kept, why the last fetch did not bring it
  f.fetched_at,                 -- of the image that is kept
  f.media_type,
  f.width,
  f.height,
  f.size as bytes,
  f.digest,                     -- SHA-1
  f.warc_file,
  f.warc_offset
from images i
join articles a on a.id = i.article_id
left join article_images l on l.article_id = i.article_id and l.url = i.url
left join pages p on p.id = l.page_id
left join fetches f on f.id = (
  select max(k.id) from fetches k where k.page_id = p.id and k.media_type is not null and k.warc_file is not null
);
