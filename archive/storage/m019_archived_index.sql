-- Articles

-- Articles are counted by site and month of archiving from the index alone.
create index articles_site_first_seen on articles(site, first_seen);
