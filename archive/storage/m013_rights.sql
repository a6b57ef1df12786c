-- What pages and sites say of the use of their text by machines, beyond being fetched: recorded as stated, never guessed.

alter table pages add column
  rights text not null default '[]';  -- signals of the last response: tdm-reservation, noai, Content-Usage …, each with its place

alter table robots add column
  rights text not null default '[]';  -- lines of robots.txt on rights: License, and Content-Signal of the group for this crawler
