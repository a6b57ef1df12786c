-- What articles say of the studies that they report on.

-- Evidence at a glance: one row for each thing that an article says of the study it reports on, with its sentence.
create table evidence (
  id integer primary key,
  article_id integer not null references articles(id) on delete cascade,
  position integer not null,    -- from 0, index in Article.evidence
  field text not null,          -- design, subjects, sample_size, small_sample, control_group, follow_up, funding, conflict_of_interest, approval, hedged or advice
  value text not null,          -- see docs/literature.md
  part text not null,           -- where the sentence is: title or text
  start integer not null,       -- offset of the sentence into that part, in characters
  "end" integer not null,       -- offset of the character behind the sentence
  method text not null,         -- the rules that read it, with their version
  unique (article_id, position)
) strict;

create index evidence_value on evidence(field, value, article_id);
