"""Compare sites: references, advertising, changes, pages that went, and retracted works that are cited. Pure queries.

The site '' is that of the pages that were crawled as single URLs.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlite_utils import Database

from archive.errors import FilterError
from archive.works.retractions import WARNED_OF, retraction_states

# Each query gives sites with numbers of articles and with a further figure. Indexes on the columns that are named spare
# them the database pages that hold the texts.
_ARTICLES = "select site, sum(number), 0 from counts where name = 'articles' group by site having sum(number) > 0"
_REFERENCES = """
select a.site, count(*), 0 from (select distinct article_id from bibliography) b
join articles a indexed by articles_facets on a.id = b.article_id group by a.site
"""
_COMMERCIAL = """
select a.site, count(*), sum(m.marketing_length) from articles m indexed by articles_marketing_length
join articles a indexed by articles_facets on a.id = m.id where m.marketing_length > 0 group by a.site
"""
_CHANGED = """
select a.site, count(*), sum(changes) from (
select article_id, count(*) as changes from superseded indexed by superseded_article group by article_id) s
join articles a indexed by articles_facets on a.id = s.article_id group by a.site
"""
_GONE = """
select a.site, count(*), 0 from pages p cross join articles a on a.page_id = p.id
where p.gone_since is not null group by a.site
"""
_RETRACTED = """
select a.site, count(distinct b.article_id), count(distinct b.work_id) from bibliography b
join articles a indexed by articles_facets on a.id = b.article_id
where b.work_id in (select value from json_each(?)) group by a.site
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteComparison:
    """What the articles of a site are like, in numbers of articles unless said otherwise.

    with_references: those with references. commercial: those from which advertising was removed; marketing_length: the
    characters of it. changed: those with more than one revision; changes: the number of changes. gone: those whose page
    is gone. citing_retracted: those that cite a work that is retracted or has an expression of concern;
    retracted_works: the number of such works.
    """

    site: str
    articles: int
    with_references: int = 0
    commercial: int = 0
    marketing_length: int = 0
    changed: int = 0
    changes: int = 0
    gone: int = 0
    citing_retracted: int = 0
    retracted_works: int = 0

    def share(self, number: int) -> float:
        """Return the number as a share of the site's articles, from 0 to 1."""
        return number / self.articles if self.articles else 0.0


SORTS: dict[str, Callable[[SiteComparison], float]] = {
    "articles": lambda site: site.articles,
    "references": lambda site: site.share(site.with_references),
    "commercial": lambda site: site.share(site.commercial),
    "advertising": lambda site: site.share(site.marketing_length),
    "changed": lambda site: site.share(site.changed),
    "gone": lambda site: site.share(site.gone),
    "retracted": lambda site: site.share(site.citing_retracted),
}


def compare_sites(db: Database, sort: str = "articles") -> list[SiteComparison]:
    """Return the sites that have articles, by one of SORTS, the largest first. Raises FilterError for another order."""
    if sort not in SORTS:
        raise FilterError(f"sort: {sort!r} is not an order; use one of {', '.join(SORTS)}.")
    warned = [work for work, standing in retraction_states(db).items() if standing.status in WARNED_OF]
    references, commercial, changed, gone = (_figures(db, sql) for sql in (_REFERENCES, _COMMERCIAL, _CHANGED, _GONE))
    retracted = _figures(db, _RETRACTED, json.dumps(warned)) if warned else {}
    nothing = (0, 0)
    found = [
        SiteComparison(
            site=site,
            articles=articles,
            with_references=references.get(site, nothing)[0],
            commercial=commercial.get(site, nothing)[0],
            marketing_length=commercial.get(site, nothing)[1],
            changed=changed.get(site, nothing)[0],
            changes=changed.get(site, nothing)[1],
            gone=gone.get(site, nothing)[0],
            citing_retracted=retracted.get(site, nothing)[0],
            retracted_works=retracted.get(site, nothing)[1],
        )
        for site, (articles, _) in _figures(db, _ARTICLES).items()
    ]
    return sorted(found, key=lambda each: (-SORTS[sort](each), -each.articles, each.site))


def _figures(db: Database, sql: str, *values: str) -> dict[str, tuple[int, int]]:
    return {site: (articles, figure) for site, articles, figure in db.execute(sql, values)}
