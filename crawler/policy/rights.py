"""What a page says of the use of its text by machines: recorded as stated, and neither obeyed nor guessed. Pure.

TDMRep: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/ - Content-Signal: https://contentsignals.org/
"""

from collections.abc import Iterable, Iterator

from archive.text.characters import clean
from crawler.policy.robots_directives import header_words, meta_words, metas

WORDS = frozenset({"noai", "noimageai"})  # robots directives on training
METAS = frozenset({"tdm-reservation", "tdm-policy"})
HEADERS = ("tdm-reservation", "tdm-policy", "Content-Signal", "Content-Usage")
TAG = "X-Robots-Tag"
LONGEST, MOST = 300, 20  # characters of a signal, signals of a page: more is no signal


def page_rights(headers: Iterable[tuple[str, str]], head: bytes) -> tuple[str, ...]:
    """Return the signals of a page, each once, as place, name and value: `header tdm-reservation: 1`.

    `headers` are names and values of the response's headers, `head` the page's first bytes. Directives of X-Robots-Tag
    and of the robots meta element are those for all crawlers or for this one.
    """
    found = dict.fromkeys([*_of_headers(list(headers)), *_of_head(head)])
    return tuple([" ".join(clean(signal).split())[:LONGEST] for signal in found][:MOST])


def _of_headers(headers: list[tuple[str, str]]) -> Iterator[str]:
    for known in HEADERS:
        yield from (f"header {known}: {value}" for name, value in headers if name.lower() == known.lower())
    tags = [value for name, value in headers if name.lower() == TAG.lower()]
    yield from (f"header {TAG}: {word}" for word in header_words(tags) if word in WORDS)


def _of_head(head: bytes) -> Iterator[str]:
    yield from (f"meta {name}: {content}" for name, content in metas(head) if name in METAS and content.strip())
    yield from (f"meta robots: {word}" for word in meta_words(head) if word in WORDS)
