"""Find where a page loads an image from. Pure."""

from lxml.html import HtmlElement

from archive.extraction.markdown import safe_target

# Attributes with the image's URL in order of trust; with lazy loading `src` is a placeholder.
_SOURCES = (
    "data-original",
    "data-src",
    "data-lazy-src",
    "data-actualsrc",
    "data-echo",
    "data-original-src",
    "_src",
    "src",
)


def image_address(image: HtmlElement, url: str) -> str | None:
    """Return the absolute URL that an image on the page `url` is loaded from; None for one in the page itself."""
    for name in _SOURCES:
        value = (image.get(name) or "").strip()
        if value and not value.startswith("data:"):
            address = safe_target(value, url)
            if address and address.startswith("http"):
                return address
    first = (image.get("srcset") or image.get("data-srcset") or "").split(",")[0].split()
    return safe_target(first[0], url) if first and not first[0].startswith("data:") else None
