"""Find the article that is stored under a variant of a URL, where its content shows that both are one page."""

from typing import NamedTuple

from sqlite_utils import Database

from archive.article import Article
from archive.articles.redirects import is_same_article
from archive.storage.frontier import DuePage
from archive.storage.row_mapping import load_article
from archive.urls.variants import are_variants, lacking_names, parameter_names, plainness

# Other pages of a site that have the same content, from which it is that of a template and shows nothing.
TEMPLATE = 2
_MOST = 100  # pages with the same content, or with the same path, that are looked at

_SAME_CONTENT = """
select p.id, p.url, a.id from articles a join pages p on p.id = a.page_id
where a.content_hash = ? and +a.site = ? and p.id <> ? and p.state = 'stored' and p.missing_since is null limit ?
"""
_OTHER_CONTENT = """
select p.url from pages p join articles a on a.page_id = p.id
where p.url > ? || '?' and p.url < ? || '@' and a.content_hash <> ? limit ?
"""
_ALIAS_TARGET = """
select t.id, t.url, a.id from pages p join pages t on t.id = p.alias_of join articles a on a.page_id = t.id
where p.id = ? and t.state = 'stored' and t.missing_since is null
"""


class Variant(NamedTuple):
    """A page with an article, under a variant of another URL."""

    page_id: int
    url: str
    article_id: int


def same_variant(db: Database, page: DuePage, content: str) -> Variant | None:
    """Return the page under a variant of the page's URL whose article has the same content (hash); None without one.

    Of several it is the plainest, then the one that was stored first. None also where the content is that of a
    template, and where the parameter that makes the difference makes one on other pages.
    """
    rows = [Variant(*row) for row in db.execute(_SAME_CONTENT, [content, page.site, page.id, _MOST]).fetchall()]
    variants = [row for row in rows if are_variants(row.url, page.url)]
    if not variants or len(rows) - len(variants) >= TEMPLATE:
        return None
    found = min(variants, key=lambda row: (plainness(row.url), row.article_id))
    return None if _is_decisive(db, lacking_names(found.url, page.url), page.url, content) else found


def is_plainer(page: DuePage, variant: Variant) -> bool:
    """Whether the common article of a page and its variant belongs to the page: it is plainer, or was stored first."""
    if plainness(page.url) != plainness(variant.url):
        return plainness(page.url) < plainness(variant.url)
    return page.article_id is not None and page.article_id < variant.article_id


def former_variant(db: Database, page: DuePage, found: Article) -> Variant | None:
    """Return the variant that an alias led to, if its stored article may be an earlier version of `found`."""
    row = db.execute(_ALIAS_TARGET, [page.id]).fetchone()
    if row is None or not are_variants(row[1], page.url) or not is_same_article(load_article(db, row[2]), found):
        return None
    return Variant(*row)


def _is_decisive(db: Database, names: frozenset[str], url: str, content: str) -> bool:
    """Whether other content is stored under the same path with one of these parameters."""
    if not names:
        return False
    path = url.partition("?")[0]
    others = db.execute(_OTHER_CONTENT, [path, path, content, _MOST]).fetchall()
    return any(names & parameter_names(other) for (other,) in others)
