"""The page to read an article on: text, metadata and references."""

from datasette.utils.asgi import Response
from sqlite_utils import Database

from archive.browse.layout import caution, identifier_links, paragraphs
from archive.browse.responses import Served, archive_view
from archive.reading import Stored, find_article, load


async def article_page(served: Served) -> Response:
    """Text, metadata and references of one article."""
    wanted = served.request.url_vars["id"]
    stored = await served.read(lambda db: _load(db, wanted))
    cautions = {flag.position: caution(flag) for flag in stored.flags}
    context = {
        "stored": stored,
        "article": stored.article,
        "paragraphs": paragraphs(stored.article),
        "entries": [
            (reference, identifier_links(reference), cautions.get(position))
            for position, reference in enumerate(stored.article.references)
        ],
    }
    return await served.html("article.html", context)


def _load(db: Database, wanted: str) -> Stored:
    return load(db, find_article(db, wanted))


ROUTES = [(r"^/(?P<database>[^/]+)/-/article/(?P<id>[0-9]{1,18})$", archive_view(article_page))]
