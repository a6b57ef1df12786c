"""The images of an article as its page shows them: those that are kept with their captions, of others what became."""

from dataclasses import dataclass

from archive.articles.images import KEPT, NOT_FETCHED
from archive.articles.lookup import StoredArticle
from archive.web.formatting import host, web_link
from archive.web.stored_words import word
from archive.web.translation import byte_size


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView:
    """An image: its place on the page from 1, its caption or else its alternative text, and where it is on the web.

    `source` is the URL that shows it, None where it is not kept; `fate` says then what became of it, where the site's
    file asks for images. `facts` are the size in pixels and in bytes.
    """

    number: int
    words: str
    alt: str
    link: str | None
    place: str
    source: str | None = None
    fate: str = ""
    facts: str = ""
    width: int | None = None
    height: int | None = None


def image_views(stored: StoredArticle, place: str | None) -> list[ImageView]:
    """Return the images of an article; those that are kept are shown from below the URL `place`, if there is one."""
    fates = {each.url: each for each in stored.images}
    views = []
    for number, image in enumerate(stored.article.images, 1):
        fate = fates.get(image.url)
        view = ImageView(
            number=number,
            words=image.caption or image.alt,
            alt=image.alt if image.caption else "",  # what stands below it need not be said twice
            link=web_link(image.url),
            place=host(image.url),
            source=f"{place}/{fate.fetch_id}" if place and fate and fate.fate == KEPT else None,
            fate=_fate(fate.fate, fate.reason) if fate else "",
            facts=_facts(fate.width, fate.height, fate.size) if fate and fate.fate == KEPT else "",
            width=fate.width if fate else None,
            height=fate.height if fate else None,
        )
        views.append(view)
    return views


def _fate(fate: str, reason: str | None) -> str:
    known = word(NOT_FETCHED if fate == "new" else fate)
    return f"{known}: {word(reason)}" if reason else known


def _facts(width: int | None, height: int | None, size: int | None) -> str:
    pixels = f"{width} × {height}" if width and height else ""
    return ", ".join(filter(None, (pixels, byte_size(size) if size else "")))
