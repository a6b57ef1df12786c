"""Order hits by a count that their articles have: references, or characters of advertising on the page."""

import json
from collections.abc import Sequence

from archive.storage.sql import Reader

_COUNTS = {
    "references": (
        "select value, (select count(*) from bibliography where article_id = value) from json_each(?) "
        "order by 2 desc, 1 desc"
    ),
    "advertising": (
        "select a.id, a.marketing_length from articles a where a.id in (select value from json_each(?)) "
        "order by 2 desc, 1 desc"
    ),
}


def counted(db: Reader, ids: Sequence[int], sort: str) -> dict[int, int]:
    """Map the articles to their counts, those with the most references or advertising first; equal ones: the last
    archived first."""
    return dict(db.execute(_COUNTS[sort], [json.dumps(ids)]).fetchall())


def most_first(db: Reader, ids: Sequence[int], sort: str) -> list[int]:
    """Return the articles in the order of `counted`."""
    return list(counted(db, ids, sort))
