"""Read the article's text from JSON-LD (`articleBody`), for pages that show another text or none.

Sites that build their pages in the browser serve the article only there; what an extractor finds on them is the cookie
notice. On all other pages the tree is the better source: many sites state a teaser, one entry of a live blog or text
without its paragraphs, entities or apostrophes.
"""

import re
from collections.abc import Iterator, Sequence
from html import unescape

from lxml.etree import ParserError
from lxml.html import HtmlElement, fragment_fromstring

from archive.dom.tree import fold
from archive.extraction.json_repair import load_values
from archive.extraction.markdown import Block, escape
from archive.text.scripts import CJK

# Characters. A shorter one is a teaser. Half of the 53 development pages that have the key leave it empty.
LEAST = 200
# The JSON-LD body counts as extracted if this share of its samples is found; a sample has SAMPLE letters, one in every
# STEP letters. On the 20 development pages with such a body it is 0 on the one that shows a cookie notice, else at
# least .67.
FOUND_SHARE, SAMPLE, STEP = 0.5, 20, 200
# The page's own text is better than a JSON-LD body without a sample on the page if it has this share of its letters and
# of its words (a text that lost its entities still has half of them, a cookie notice has a tenth), or is much longer.
OWN_SHARE, OWN_WORDS, MUCH_LONGER = 0.5, 0.15, 3
# `&amp;lt;p&amp;gt;` is a paragraph that was escaped twice.
_ESCAPED_AT_MOST = 3
_NOT_LETTER = re.compile(r"\W+")
_WORD = re.compile(rf"[{CJK}]{{2}}|[^\s{CJK}]{{4,}}")
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


def replaces(stated: str, blocks: Sequence[Block], page_text: str) -> bool:
    """Return whether a JSON-LD body is used in place of the extracted blocks: the page has no such prose.

    `page_text` is the text of the whole page.
    """
    shown = "\n".join(block.text for block in blocks)
    letters, own = _NOT_LETTER.sub("", stated), _NOT_LETTER.sub("", shown)
    if len(own) >= OWN_SHARE * len(letters) and (len(own) >= MUCH_LONGER * len(letters) or _are_related(stated, shown)):
        return False
    return not _holds(own, letters) and not (own and _holds(_NOT_LETTER.sub("", page_text), letters))


def _are_related(stated: str, shown: str) -> bool:
    """Return whether two texts have words in common beyond those that any two texts have."""
    words = set(_WORD.findall(stated.lower()))
    return len(words & set(_WORD.findall(shown.lower()))) >= OWN_WORDS * len(words)


def _holds(letters: str, stated: str) -> bool:
    """Return whether a text has most of the samples of a stated one, both without anything but letters and digits."""
    samples = [stated[at : at + SAMPLE] for at in range(0, len(stated), STEP)]
    return sum(sample in letters for sample in samples) >= FOUND_SHARE * len(samples)


def text_blocks(text: str) -> list[Block]:
    """Return each line of a text as a paragraph."""
    lines = filter(None, map(fold, text.split("\n")))
    return [Block(line, escape(line)) for line in lines]


def _bodies(source: str) -> Iterator[str]:
    stack = load_values(source)
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, dict):
            if isinstance(body := node.get("articleBody"), str):
                yield _plain(body)
            stack.extend(value for value in node.values() if isinstance(value, (dict, list)))


def _plain(body: str) -> str:
    """Return the text of a body without tags and entities, however often they were escaped."""
    for _ in range(_ESCAPED_AT_MOST):
        if _MARKUP.search(body):
            try:
                body = str(fragment_fromstring(_BREAK.sub("\n", body), create_parent="div").text_content())
            except (ParserError, ValueError):
                return ""
        plain = unescape(body)
        if plain == body:
            break
        body = plain
    return body
