"""Find a stored article by URL or id, and load all that the archive keeps of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlite_utils import Database

from archive.article import Article
from archive.articles.images import ImageFate, image_fates
from archive.articles.tdmrep import file_rights
from archive.errors import NotStoredError
from archive.literature.checking.verdicts import Check
from archive.storage.exclusions import Exclusions
from archive.storage.hosts import load_tdmrep
from archive.storage.row_mapping import article_damage, from_json, load_article, to_json
from archive.storage.sql import compose
from archive.text.messages import message
from archive.urls.canonical import canonical_url
from archive.works.paper_links import PaperLink, paper_links
from archive.works.reference_checks import reference_checks
from archive.works.retractions import Flag, flags

ARTICLE_COLUMNS = ("id", "site", "revision", "first_seen", "last_changed", "extractor", "noarchive")
PAGE_COLUMNS = ("state", "reason", "gone_since", "missing_since")  # of the page that the article was extracted from
LONGEST_ID = 18  # digits: what an integer in SQLite holds


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """A revision of an article with what the archive knows of it.

    `flags` warn of retracted works among the references of the newest revision, `checks` are the verdicts on its
    references by their position, and `paper_links` are the papers that it probably reports on without printing them;
    older revisions have none. `images` is what became of each image, empty where the site's file asks for none.
    `missing_since` is when the page was first found gone, `gone_since` the same once a second fetch confirmed it. Both
    are None while the page is there. `noarchive` is whether the page asks for no archived copy: its text is kept, its
    bytes are not. `rights` is what the page and its site's robots.txt and tdmrep.json say of its use by machines, as
    stated: where it stands, name and value. Times are ISO 8601 in UTC.
    """

    id: int
    site: str
    revision: int
    first_seen: str
    last_changed: str
    extractor: str
    noarchive: bool
    state: str
    reason: str | None
    gone_since: str | None
    missing_since: str | None
    article: Article
    rights: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    checks: Mapping[int, Check] = field(default_factory=dict)
    paper_links: tuple[PaperLink, ...] = ()
    images: tuple[ImageFate, ...] = ()

    def as_object(self) -> dict[str, Any]:
        """Return the article for JSON: the archive's facts, the fields of `Article` by name, and the flags."""
        facts = {name: getattr(self, name) for name in (*ARTICLE_COLUMNS, *PAGE_COLUMNS)} | {
            "rights": list(self.rights)
        }
        content: dict[str, Any] = json.loads(to_json(self.article))
        checks = [{"position": position, **asdict(check)} for position, check in self.checks.items()]
        links = [asdict(link) | {"url": link.url} for link in self.paper_links]
        known = {
            "flags": [asdict(flag) for flag in self.flags],
            "reference_checks": checks,
            "paper_links": links,
            "image_files": [image.as_object() for image in self.images],
        }
        return facts | content | known


def find_article(db: Database, wanted: str) -> int:
    """Return the id of the article with that id or URL.

    A URL may be in any spelling that `canonical_url` maps to the stored one, and may be an alias. Raises
    NotStoredError, also for a string that is neither an id nor a URL.
    """
    if wanted.isdecimal():
        row = len(wanted) <= LONGEST_ID and db.execute("select id from articles where id = ?", [wanted]).fetchone()
        if row:
            return int(row[0])
        raise NotStoredError(message("No article has the id %(id)s.", id=wanted))
    url = _canonical(wanted)
    row = db.execute("select id from pages where url = ?", [url]).fetchone()
    if row is None:
        raise NotStoredError(
            _excluded(db, url, "is opted out since") or f"{url} is not in the archive: crawl it first."
        )
    page_id = _alias_target(db, row[0])
    article = db.execute("select id from articles where page_id = ?", [page_id]).fetchone()
    if article is None:
        state, reason = db.execute("select state, reason from pages where id = ?", [page_id]).fetchone()
        why = f"{url} is known, but no article is stored of it ({f'{state}, {reason}' if reason else state})."
        raise NotStoredError(_excluded(db, url, "was removed on") or why)
    return int(article[0])


def load(db: Database, article_id: int, revision: int | None = None) -> StoredArticle:
    """Return the article with that id as of `revision`, None for the newest.

    Raises NotStoredError, and DamagedError when what is stored of it cannot be read.
    """
    with article_damage(db, article_id):
        return _load(db, article_id, revision)


def _load(db: Database, article_id: int, revision: int | None) -> StoredArticle:
    sql = compose(
        "select {article}, {page} from articles join pages on pages.id = page_id where articles.id = ?",
        article=[f"articles.{name}" for name in ARTICLE_COLUMNS],
        page=[f"pages.{name}" for name in PAGE_COLUMNS],
    )
    row = db.execute(sql, [article_id]).fetchone()
    if row is None:
        raise NotStoredError(message("No article has the id %(id)s.", id=str(article_id)))
    facts = dict(zip((*ARTICLE_COLUMNS, *PAGE_COLUMNS), row, strict=True))
    facts["noarchive"] = bool(facts["noarchive"])
    facts["rights"] = _rights(db, article_id)
    if revision is None or revision == facts["revision"]:
        article = load_article(db, article_id)
        return StoredArticle(
            **facts,
            article=article,
            flags=flags(db, article_id),
            checks=reference_checks(db, article_id),
            paper_links=paper_links(db, article_id),
            images=image_fates(db, article_id, facts["revision"], article.images),
        )
    old = db.execute(
        "select content, seen_at from revisions where article_id = ? and number = ?", [article_id, revision]
    ).fetchone()
    if old is None:
        raise NotStoredError(
            message(
                "The article has revisions 1 to %(newest)s, not %(revision)s.",
                newest=str(facts["revision"]),
                revision=str(revision),
            )
        )
    content, seen_at = old
    article = from_json(content)
    images = image_fates(db, article_id, revision, article.images)
    facts |= {"revision": revision, "last_changed": seen_at}
    return StoredArticle(**facts, article=article, images=images)


def _rights(db: Database, article_id: int) -> tuple[str, ...]:
    sql = "select p.url, p.rights from articles a join pages p on p.id = a.page_id where a.id = ?"
    url, signals = db.execute(sql, [article_id]).fetchone()
    of_page, parts = json.loads(signals), urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    row = db.execute("select rights from robots where origin = ?", [origin]).fetchone()
    of_site = [f"robots.txt {line}" for line in json.loads(row[0])] if row else []
    file = load_tdmrep(db, origin)
    in_file = file_rights(json.loads(file.rules), url, of_page) if file else []
    return (*of_page, *of_site, *(f"tdmrep.json {line}" for line in in_file))


def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError as error:
        raise NotStoredError(f"{url[:100]!r} is neither the id nor the URL of an article.") from error


def _alias_target(db: Database, page_id: int) -> int:
    """Return the page at the end of a chain of aliases, or one of the pages of a circular chain."""
    seen = set()
    while page_id not in seen:
        seen.add(page_id)
        (target,) = db.execute("select coalesce(alias_of, id) from pages where id = ?", [page_id]).fetchone()
        page_id = int(target)
    return page_id


def _excluded(db: Database, url: str, what: str) -> str | None:
    """Return a sentence with `what`, the date and the reason when an exclusion covers the URL, else None."""
    number = Exclusions.load(db).match(url)
    row = db.execute("select date(added_at), reason from optouts where id = ?", [number]).fetchone()
    return row and f"{url} {what} {row[0]}{f' ({row[1]})' if row[1] else ''}."
