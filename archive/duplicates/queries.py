"""Queries on groups of near-duplicates: the same article on several pages."""

from dataclasses import dataclass

from sqlite_utils import Database

MEMBERS = """
select c.article_id, a.url, a.site, a.title, a.source, a.published, a.first_seen, c.similarity
from copies c join articles a on a.id = c.article_id
where c.group_id = ? order by coalesce(a.published, a.first_seen), a.url
"""


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a group. `similarity` is its estimated resemblance (Jaccard, 0 to 1) to the group's first."""

    article_id: int
    url: str
    site: str
    title: str
    source: str | None
    published: str | None
    first_seen: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Group:
    """Two or more near-duplicate articles in the order of publication; `id` is the id of the first one."""

    id: int
    members: tuple[Member, ...]

    @property
    def first_is_certain(self) -> bool:
        """Whether the dates show that the first one was published before all others."""
        first, *others = self.members
        return first.published is not None and all(
            other.published is not None and other.published > first.published for other in others
        )


def group(db: Database, article_id: int) -> Group | None:
    """Return the article's group; None if the archive has no duplicate of it."""
    row = db.execute("select group_id from copies where article_id = ?", [article_id]).fetchone()
    if row is None:
        return None
    members = db.execute(MEMBERS, [row[0]]).fetchall()
    return Group(row[0], tuple(Member(*member) for member in members))
