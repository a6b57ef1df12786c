"""The page to read an article on, with where it comes from, what it cites, how it changed and what was cut away."""

from dataclasses import asdict, dataclass
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.articles.lookup import StoredArticle, find_article, load
from archive.duplicates.queries import Group, group
from archive.storage.page_history import PageState, Revision, aliases, page_state, revisions
from archive.web.article_text import paragraphs, runs
from archive.web.formatting import host, text_language, web_link
from archive.web.references import entries, warning
from archive.web.removals import removal_groups, removed_in_short
from archive.web.responses import Served, archive_view
from archive.web.wording import language_name
from archive.works.citing import Cited, cited_works


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article with what belongs on its page; `works` are by the position of the references, of the newest
    revision only."""

    stored: StoredArticle
    page: PageState
    aliases: tuple[str, ...]
    revisions: tuple[Revision, ...]
    copies: Group | None
    works: dict[int, Cited]


async def article_page(served: Served) -> Response:
    """An article, the newest revision of it or the one that is asked for."""
    reading = await _read(served)
    article = reading.stored.article
    every = entries(article, reading.stored.flags, reading.works)
    newest = reading.revisions[0].number
    context = {
        "reading": reading,
        "stored": reading.stored,
        "article": article,
        "language": language_name(article.language) if article.language else None,
        "live": web_link(article.url),
        "host": host(article.url),
        "state": state_sentence(reading.page),
        "absence": absence_sentence(reading.page),
        "warning": warning(reading.stored.flags),
        "runs": runs(paragraphs(article)),
        "printed": [entry for entry in every if entry.kind is None],
        "mentioned": [entry for entry in every if entry.kind],
        "entries": every,
        "images": [(image.caption or image.alt, web_link(image.url), host(image.url)) for image in article.images],
        "removals": removal_groups(article),
        "removed": removed_in_short(article.removals),
        "newest": newest,
        "is_newest": reading.stored.revision == newest,
        "text_language": text_language,
    }
    return await served.html("article.html", context)


async def article_json(served: Served) -> Response:
    """What `healthnews show --json` prints, with the article's copies, its revisions and the state of its page."""
    return served.json(as_object(await _read(served)))


def read_article(db: Database, wanted: str, revision: int | None = None) -> Reading:
    """Everything for the page. Raises NotStoredError."""
    article_id = find_article(db, wanted)
    stored = load(db, article_id, revision)
    history = revisions(db, article_id)
    return Reading(
        stored=stored,
        page=page_state(db, article_id),
        aliases=aliases(db, article_id),
        revisions=history,
        copies=group(db, article_id),
        works=cited_works(db, article_id) if stored.revision == history[0].number else {},
    )


def as_object(reading: Reading) -> dict[str, Any]:
    """The answer of /-/article/<id>.json."""
    copies = reading.copies
    return reading.stored.as_object() | {
        "aliases": list(reading.aliases),
        "copies": {"group": copies.id, "members": [asdict(member) for member in copies.members]} if copies else None,
        "revisions": [asdict(revision) for revision in reading.revisions],
        "page": asdict(reading.page),
    }


def state_sentence(page: PageState) -> str:
    """What became of the page when it was asked for last."""
    known = {
        "stored": "The page was there",
        "gone": "The page was gone",
        "refused": "The page was not to be fetched",
        "failed": "The page could not be fetched",
        "no article": "The page held no article",
    }
    because = f" ({page.reason})" if page.reason else ""
    missing = page.missing_since and page.state == "stored"
    sentence = f"{'The page was missing' if missing else known.get(page.state, f'The page was {page.state}')}{because}"
    if page.last is None:
        return f"{sentence}."
    when = page.last.fetched_at[:10]
    unchanged = ", unchanged" if page.last.outcome == "unchanged" else ""
    return f"{sentence} when it was asked for last, on {when}{unchanged}."


def absence_sentence(page: PageState) -> str | None:
    """What stands above an article whose page is not there any more; None while it is."""
    if page.gone_since:
        return f"The page has been gone since {page.gone_since[:10]}. This is the article as the archive keeps it."
    if page.missing_since:
        return f"The page has been missing since {page.missing_since[:10]}; it will be looked at again."
    return None


async def _read(served: Served) -> Reading:
    asked = served.request.url_vars
    revision = int(asked["revision"]) if "revision" in asked else None
    return await served.read(lambda db: read_article(db, asked["id"], revision))


ROUTES = [
    (r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})$", archive_view(article_page)),
    (r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})\.json$", archive_view(article_json)),
    (
        r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})/revision/(?P<revision>[0-9]{1,9})$",
        archive_view(article_page),
    ),
]
