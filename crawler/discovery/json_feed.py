"""Read JSON Feed (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from archive.text.characters import clean
from archive.urls.canonical import resolve
from crawler.discovery.dates import read_date
from crawler.discovery.models import DiscoveredLink, DiscoveryResult, build_result


def read_json_feed(body: bytes, url: str) -> DiscoveryResult | None:
    """Return the articles of a JSON Feed fetched from `url`; None if the body is no JSON object. Never raises.

    The URL of an item is the first of `url`, an `id` that is a URL, and `external_url`. What is no JSON Feed gives no
    links and a warning.
    """
    if not body[:100].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"{"):
        return None
    try:
        feed = json.loads(body)  # in UTF-8, UTF-16 or UTF-32, as the first bytes show
    except (ValueError, RecursionError) as error:
        return build_result([], ["not a feed", f"malformed JSON: {error}"])
    items = feed.get("items")
    if not isinstance(items, list):
        return build_result([], ["not a feed"])
    return build_result([link for item in items if isinstance(item, dict) for link in _links(item, url)], [])


def _links(item: dict[str, Any], url: str) -> list[DiscoveredLink]:
    identifier = _text(item, "id")
    permanent = identifier if identifier.lower().startswith(("http://", "https://")) else ""
    hrefs = (_text(item, "url"), permanent, _text(item, "external_url"))
    link_url = next((found for href in hrefs if (found := resolve(href, url))), None)
    if link_url is None:
        return []
    published, modified = (read_date(_text(item, f"date_{name}")) for name in ("published", "modified"))
    title = " ".join(_text(item, "title").split())
    return [
        DiscoveredLink(
            url=link_url, title=title or None, published=published or modified, modified=modified or published
        )
    ]


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return clean(value) if isinstance(value, str) else ""  # JSON can state lone surrogates
