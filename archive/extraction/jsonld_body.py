"""Read the article's text from JSON-LD (`articleBody`), for pages that show another text or none.

Sites that build their pages in the browser serve the article only there; what an extractor finds on them is the cookie
notice.
"""

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from lxml.etree import ParserError
from lxml.html import HtmlElement, fragment_fromstring

from archive.dom.tree import fold
from archive.extraction.markdown import Block, escape

# Characters. A shorter one is a teaser. Half of the 53 development pages that have the key leave it empty.
LEAST = 200
# The JSON-LD body counts as extracted if this share of its samples is found; a sample has SAMPLE letters, one in every
# STEP letters. On the 20 development pages with such a body it is 0 on the one that shows a cookie notice, else at
# least .67.
FOUND_SHARE, SAMPLE, STEP = 0.5, 20, 200
_NOT_LETTER = re.compile(r"\W+")
_MARKUP = re.compile(r"<[a-z/!]", re.IGNORECASE)
_BREAK = re.compile(r"</(?:p|div|h[1-6]|li)>|<br\s*/?>", re.IGNORECASE)


def jsonld_body(root: HtmlElement) -> str:
    """Return the longest `articleBody` of the page as lines of plain text, empty if it is shorter than LEAST."""
    found = [
        body
        for script in root.iter("script")
        if script.text and '"articleBody"' in script.text
        for body in _bodies(script.text)
    ]
    longest = max(found, key=len, default="")
    return longest if len(longest) >= LEAST else ""


def is_extracted(text: str, blocks: Sequence[Block]) -> bool:
    """Return whether the blocks contain most of a JSON-LD body."""
    wanted = _NOT_LETTER.sub("", text)
    found = _NOT_LETTER.sub("", "".join(block.text for block in blocks))
    samples = [wanted[at : at + SAMPLE] for at in range(0, len(wanted), STEP)]
    return sum(sample in found for sample in samples) >= FOUND_SHARE * len(samples)


def text_blocks(text: str) -> list[Block]:
    """Return each line of a text as a paragraph."""
    lines = filter(None, map(fold, text.split("\n")))
    return [Block(line, escape(line)) for line in lines]


def _bodies(source: str) -> Iterator[str]:
    try:
        stack: list[Any] = [json.loads(source, strict=False)]
    except (ValueError, RecursionError):
        return
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            if isinstance(body := node.get("articleBody"), str):
                yield _plain(body)
            stack.extend(value for value in node.values() if isinstance(value, (dict, list)))


def _plain(body: str) -> str:
    if not _MARKUP.search(body):
        return unescape(body)
    try:
        return str(fragment_fromstring(_BREAK.sub("\n", body), create_parent="div").text_content())
    except (ParserError, ValueError):
        return ""
