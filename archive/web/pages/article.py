"""The page of an article: its text, metadata, references, citation, revisions, copies and removals."""

import asyncio
import re
from dataclasses import asdict, dataclass
from typing import Any

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.articles.lookup import StoredArticle, find_article, load
from archive.duplicates.queries import Group, group
from archive.errors import ArchiveError
from archive.evidence.wording import answers
from archive.export import CITATION_FORMATS
from archive.export.cited_articles import cited_article
from archive.notes import ArticleName
from archive.notes.reading import article_name
from archive.retrieval.hits import text_hits
from archive.retrieval.snippets import segments
from archive.storage.page_history import PageState, Revision, aliases, page_state, revisions
from archive.web.article_images import image_views
from archive.web.article_notes import ArticleNotes, article_notes, written_about
from archive.web.article_text import paragraphs, runs
from archive.web.citing import citation_views, head_metadata
from archive.web.formatting import host, text_language, web_link
from archive.web.openurl import article_openurl
from archive.web.pages.received import raw_origin
from archive.web.references import reference_views, retraction_summary
from archive.web.removals import removal_groups, removal_summary
from archive.web.responses import POLICY, SAFE, ArchiveRequest, archive_view
from archive.web.stored_words import word
from archive.web.translation import day, gettext, translated
from archive.web.translation import gettext_noop as _
from archive.web.wording import language_name
from archive.works.citing import CitedWork, cited_works

LAST_STATES = {
    "stored": _("The page was there"),
    "missing": _("The page was missing"),
    "gone": _("The page was gone"),
    "refused": _("The page was not fetched"),
    "failed": _("The page could not be fetched"),
    "blocked": _("The site answered with another page"),
    "no article": _("The page held no article"),
}
CITATION_FILES = {each.extension: each for each in CITATION_FORMATS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """An article with everything on its page; `works` are by position of the reference, in the newest revision only."""

    stored: StoredArticle
    name: ArticleName
    page: PageState
    aliases: tuple[str, ...]
    revisions: tuple[Revision, ...]
    copies: Group | None
    works: dict[int, CitedWork]


async def article_page(request: ArchiveRequest) -> Response:
    """Return the page of an article, in its newest or the requested revision."""
    view = await _read(request)
    notes, complaint = await _notes(request, view)
    origin = raw_origin(request)
    # In a thread: of 2,000 references that takes most of a second, in which other pages would wait.
    context = await asyncio.to_thread(article_context, request, view, notes, complaint, origin)
    policy = POLICY.replace("img-src 'self'", f"img-src 'self' {origin}") if origin else POLICY
    return await request.html("article.html", context, policy=policy)


async def _take_turns() -> str:
    """Let other requests go on, between two parts of a long page; return the nothing that a template shows of it."""
    await asyncio.sleep(0)
    return ""


def article_context(
    request: ArchiveRequest, view: ArticleView, notes: ArticleNotes | None, complaint: str | None, origin: str | None
) -> dict[str, Any]:
    """Return what the template shows."""
    article, query = view.stored.article, request.args.get("q", "")
    in_title, in_text = text_hits(query, article.title, article.text)
    every = reference_views(article, view.stored.flags, view.works, view.stored.checks)
    newest = view.revisions[0].number
    stored = view.stored.as_object()
    cited = cited_article(stored)
    path = f"article/{view.stored.id}" + ("" if view.stored.revision == newest else f"/revision/{view.stored.revision}")
    images = image_views(view.stored, f"{origin}/{request.database.name}/image" if origin else None)
    return {
        "view": view,
        "take_turns": _take_turns,
        "notes": notes,
        "notes_complaint": complaint,
        "stored": view.stored,
        "article": article,
        "language": language_name(article.language) if article.language else None,
        "live": web_link(article.url),
        "host": host(article.url),
        "state": last_fetch_sentence(view.page),
        "absence": absence_sentence(view.page),
        "warning": retraction_summary(view.stored.flags),
        "runs": runs(paragraphs(article, in_text, notes.marks if notes else ())),
        "query": query,
        "plain": request.raw.path,
        "title": segments(article.title, in_title),
        "hit_count": len(in_title) + len(in_text),
        "printed": [reference for reference in every if reference.kind is None],
        "mentioned": [reference for reference in every if reference.kind],
        "references": every,
        "evidence": answers(article),
        "evidence_methods": sorted({each.method for each in article.evidence}),
        "images": images,
        "kept_images": [image for image in images if image.source],
        "removals": removal_groups(article),
        "removed": removal_summary(article),
        "newest": newest,
        "has_raw": origin is not None,
        "is_newest": view.stored.revision == newest,
        "text_language": text_language,
        "citations": citation_views(cited, stored),
        "citation_file": request.link(path),
        "openurl": article_openurl(cited),
        "metadata": list(head_metadata(cited)),
    }


async def _notes(request: ArchiveRequest, view: ArticleView) -> tuple[ArticleNotes | None, str | None]:
    """Return what was written about the article, None where notes are off, and why that cannot be read."""
    access = await request.notes()
    if access is None:
        return None, None
    try:
        noted, known, tags = await written_about(access, [view.name.url, *view.aliases])
    except ArchiveError as error:  # the article can be read without
        return None, translated(error.args[0])
    text, revision = view.stored.article.text, view.stored.revision
    is_newest = revision == view.revisions[0].number

    def read(db: Database) -> ArticleNotes:
        return article_notes(db, noted, known, tags, text, revision, is_newest=is_newest)

    return await request.read(read), None


async def citation_file(request: ArchiveRequest) -> Response:
    """Return the citation of an article, in its newest or the requested revision, as a file for reference managers."""
    url_vars, ending = request.url_vars, request.url_vars["ending"]
    revision = int(url_vars["revision"]) if "revision" in url_vars else None
    stored = await request.read(lambda db: load(db, find_article(db, url_vars["id"]), revision))
    headers = {
        "Content-Disposition": f'attachment; filename="article-{stored.id}-{stored.revision}.{ending}"',
        "Content-Security-Policy": POLICY,
        **SAFE,
    }
    body = "".join(CITATION_FILES[ending].write_articles([stored.as_object()]))
    return Response(body, headers=headers, content_type=f"{CITATION_FILES[ending].media_type}; charset=utf-8")


async def article_json(request: ArchiveRequest) -> Response:
    """Return what `healthnews show --json` prints, with the article's copies, revisions and the state of its page."""
    return request.json(as_object(await _read(request)))


def read_article(db: Database, key: str, revision: int | None = None) -> ArticleView:
    """Read everything for the page. Raises NotStoredError."""
    article_id = find_article(db, key)
    stored = load(db, article_id, revision)
    history = revisions(db, article_id)
    return ArticleView(
        stored=stored,
        name=article_name(db, article_id, stored.revision),
        page=page_state(db, article_id),
        aliases=aliases(db, article_id),
        revisions=history,
        copies=group(db, article_id),
        works=cited_works(db, article_id) if stored.revision == history[0].number else {},
    )


def as_object(view: ArticleView) -> dict[str, Any]:
    """Return the content of /-/article/<id>.json."""
    copies = view.copies
    return view.stored.as_object() | {
        "aliases": list(view.aliases),
        "copies": {"group": copies.id, "members": [asdict(member) for member in copies.members]} if copies else None,
        "revisions": [asdict(revision) for revision in view.revisions],
        "page": asdict(view.page),
    }


def last_fetch_sentence(page: PageState) -> str:
    """Return a sentence on the outcome of the last fetch of the page."""
    known = LAST_STATES.get("missing" if page.missing_since and page.state == "stored" else page.state)
    what = gettext(known) if known else gettext("The page was %(state)s", state=word(page.state))
    if page.reason:
        what = gettext("%(what)s (%(reason)s)", what=what, reason=word(page.reason))
    if page.last is None:
        return gettext("%(what)s.", what=what)
    if page.last.outcome == "unchanged":
        template = _("%(what)s when it was last fetched, on %(day)s, unchanged.")
    else:
        template = _("%(what)s when it was last fetched, on %(day)s.")
    return gettext(template, what=what, day=day(page.last.fetched_at))


def absence_sentence(page: PageState) -> str | None:
    """Return the notice above an article whose page is missing or gone; None if it is there."""
    if page.gone_since:
        return gettext(
            "The page has been gone since %(day)s. This is the article as it was archived.", day=day(page.gone_since)
        )
    if page.missing_since:
        return gettext(
            "The page has been missing since %(day)s; it will be fetched again.", day=day(page.missing_since)
        )
    return None


async def _read(request: ArchiveRequest) -> ArticleView:
    url_vars = request.url_vars
    revision = int(url_vars["revision"]) if "revision" in url_vars else None
    return await request.read(lambda db: read_article(db, url_vars["id"], revision))


_ARTICLE = r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})"
_REVISION = rf"{_ARTICLE}/revision/(?P<revision>[0-9]{{1,9}})"
_ENDING = rf"\.(?P<ending>{'|'.join(map(re.escape, CITATION_FILES))})$"
ROUTES = [
    (rf"{_ARTICLE}$", archive_view(article_page)),
    (rf"{_ARTICLE}\.json$", archive_view(article_json)),
    (rf"{_REVISION}$", archive_view(article_page)),
    (_ARTICLE + _ENDING, archive_view(citation_file)),
    (_REVISION + _ENDING, archive_view(citation_file)),
]
