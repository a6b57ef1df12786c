"""Find the articles whose page is gone, and since when."""

import json
from collections.abc import Sequence

from archive.storage.sql import Reader

# A condition on the article whose id is {id}: its page is gone.
CONDITION = (
    "{id} in (select a.id from pages p cross join articles a on a.page_id = p.id where p.gone_since is not null)"
)
_CHOSEN = "from articles a join pages p on p.id = a.page_id where a.id in (select value from json_each(?))"


def gone_since(db: Reader, ids: Sequence[int]) -> dict[int, str]:
    """Map those of the articles whose page is gone to the time since when."""
    return dict(db.execute(f"select a.id, p.gone_since {_CHOSEN} and p.gone_since is not null", [json.dumps(ids)]))


def latest_gone(db: Reader, ids: Sequence[int]) -> list[int]:
    """Return the articles in the order in which their pages went, latest first."""
    sql = f"select a.id {_CHOSEN} order by p.gone_since desc, a.id desc"
    return [row[0] for row in db.execute(sql, [json.dumps(ids)])]


def any_gone(db: Reader) -> bool:
    """Return whether the page of any article is gone."""
    return db.execute("select 1 from pages where gone_since is not null limit 1").fetchone() is not None
