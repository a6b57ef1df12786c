"""A readable name for every work: no internal key is ever shown."""

import json
from collections.abc import Collection

from sqlite_utils import Database

from archive.storage.sql import Fragment, compose

# The name of the work `w`: its title as printed or looked up, else the first entry of a reference list that cites it
# without its label, shortened to 100 characters, else its identifier, else its URL, else the text of a link.
NAME = Fragment("""coalesce(
  w.title,
  (select r.value from work_resolved r where r.work_id = w.id and r.field = 'title' order by r.service, r.value
    limit 1),
  (select case when length(printed) > 100 then rtrim(substr(printed, 1, 99)) || '…' else printed end from (
    select trim(case when b.label is not null and instr(b.raw, b.label) between 1 and 3
      then substr(b.raw, instr(b.raw, b.label) + length(b.label)) else b.raw end, ' []【】()（）.．、:：') as printed
    from bibliography b where b.work_id = w.id and b.kind = 'list' order by b.id limit 1
  ) where printed <> ''),
  (select upper(i.kind) || ' ' || i.value from work_identifiers i where i.work_id = w.id
    order by case i.kind when 'doi' then 0 when 'pmid' then 1 when 'pmcid' then 2 else 3 end, i.kind, i.value limit 1),
  (select b.url from bibliography b where b.work_id = w.id and b.url is not null order by b.id limit 1),
  (select b.raw from bibliography b where b.work_id = w.id order by b.id limit 1),
  'work ' || w.id
)""")


def work_names(db: Database, ids: Collection[int]) -> dict[int, str]:
    """Return the name of each work: its title, or what stands for it."""
    sql = compose("select w.id, {name} from works w where w.id in (select value from json_each(?))", name=NAME)
    return dict(db.execute(sql, [json.dumps(list(ids))]).fetchall())
