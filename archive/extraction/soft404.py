"""Soft 404s: pages that say that there is no such page, whatever HTTP status they were sent with.

A title or heading must say nothing else, or a page with next to no text must say so in a line, because many articles
are about missing things.
"""

import re
import unicodedata
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.extraction.titles import title_parts
from archive.text.word_lists import all_words, alternatives, read_word_list

SHORT_TEXT = 300  # characters: the longest text of a page that holds a notice in place of an article
SHORT_LINE = 80  # characters: the longest notice

_WORDS = read_word_list("archive.extraction", "soft404")
_EN = {kind: alternatives(words) for kind, words in _WORDS["en"].items()}
_ZH = {kind: alternatives(words) for kind, words in _WORDS["zh"].items()}
_ENGLISH_THING = (
    rf"(?:the |this |that |your |requested )*(?:web ?)?{_EN['things']}"
    r"(?: you(?:'re| are|'ve| have)?(?: \w+){1,4}| requested)?"
)
_ENGLISH_GONE = rf"(?:{_EN['verbs']}(?: {_EN['fillers']})*\s)?(?:not )?(?:be )?(?:moved or )?{_EN['gone']}"
_ENGLISH = (
    rf"(?:page |file |article |error |resource )*not found|{_ENGLISH_THING} {_ENGLISH_GONE}(?: or .{{1,40}})?"
    r"|nothing (?:was )?found(?: here)?"
)
_CHINESE_THING = rf"(?:[您你]\s?)?(?:所|要|正在|想|欲|需要)*{_ZH['visited']}?的?{_ZH['this']}?{_ZH['things']}"
_CHINESE_GONE = (
    rf"(?:可能|或许|似乎|好像)?(?:{_ZH['not_found']}|{_ZH['gone']}"
    rf"|已(?:经|被|經)*{_ZH['removed']}|被(?:删除|刪除|移除)了?)"
)
_CHINESE = rf"{_CHINESE_THING}\s?{_CHINESE_GONE}(?:[或,，、].{{1,20}})?|{_ZH['not_found']}{_CHINESE_THING}"
_OTHERS = "|".join(all_words(_WORDS["notices"]))
_NOTICE = re.compile(
    rf"(?:{alternatives(all_words(_WORDS['before']))}[\s:：,，.。!！…\-–—|~]*)*(?:but )?"
    rf"(?P<says>{_ENGLISH}|{_CHINESE}|{_OTHERS})?[\s!！.。…~]*",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?:http )?(?:error |status )*(?:404|410)(?: error|错误|頁面|页面)?", re.IGNORECASE)


def is_not_found_notice(line: str) -> bool:
    """Return whether a title, heading or line says that there is no such page, and nothing else."""
    plain = " ".join(unicodedata.normalize("NFKC", line).replace("’", "'").split())
    if not plain or len(plain) > SHORT_LINE:
        return False
    found = _NOTICE.fullmatch(plain)
    return bool(_STATUS.fullmatch(plain) or (found and found["says"]))


def has_not_found_title(root: HtmlElement) -> bool:
    """Return whether the document's title, an `<h1>` or an `<h2>` is a not-found notice."""
    titles = (element.text_content() for element in root.iter("title", "h1", "h2"))
    return any(is_not_found_notice(part) for title in titles for part in (title, *title_parts(title)))


def shows_not_found_notice(root: HtmlElement, text: str) -> bool:
    """Return whether a sentence of a page with little or no article text is a not-found notice.

    `text` is what extraction kept of the page.
    """
    if len(text) > SHORT_TEXT:
        return False
    return any(is_not_found_notice(sentence) for line in _lines(root, text) for sentence in _sentences(line))


def _lines(root: HtmlElement, text: str) -> Iterator[str]:
    yield from text.splitlines()
    if not text:
        yield from (line for line in root.itertext() if len(line) < 4 * SHORT_LINE)


def _sentences(line: str) -> list[str]:
    return [line.strip(), *(part.strip() for part in re.split(r"[.。!！…;；]", line))]
