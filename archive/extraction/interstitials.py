"""Interstitials: pages served in place of an article, such as challenges, login walls and maintenance notices.

A page is an interstitial only if it is short and hardly says anything else, because articles are about such things too,
and login boxes stand beside many.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from lxml import etree
from lxml.html import HtmlElement

from archive.dom.tree import BLOCK_TAGS
from archive.extraction.titles import title_parts
from archive.text.scripts import count_cjk
from archive.text.word_lists import all_words, alternatives, read_word_list

# The largest interstitial, in letters, CJK characters counted twice. Challenges of the common services have 100 to 700.
MAX_LETTERS = 1_000
# The same for what extraction keeps of a page with navigation around the notice.
MAX_KEPT_LETTERS = 300
# The share of the letters that sentences of a notice must have: without and with a title that is a notice.
NOTICE_SHARE, TITLED_SHARE = 0.5, 0.2
# With such a title, so few other letters are no article.
FEW_LETTERS = 160
# Under the mark-up of a challenge service, so few letters are no article whatever they say.
EMPTY_LETTERS = 60
_MAX_TITLE = 80  # characters

_WORDS = read_word_list("archive.extraction", "interstitials")
CHALLENGE = "blocked: challenge"
REFUSAL = "refusal"  # in the word lists; no reason of its own
REASONS = tuple(reason for reason, lists in _WORDS.items() if "sentences" in lists and reason != REFUSAL)
_SENTENCE_END = re.compile(r"[。！？!?；;…]+|(?<!\.)\.++(?=\s|$)")
_UNREAD = frozenset({"script", "style", "template", "svg", "textarea", "select", "iframe", "object", "canvas"})
_LINKS = frozenset({"a", "button"})


def _compiled(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(alternatives(words), re.IGNORECASE)


_TITLES = {reason: _compiled(all_words(_WORDS[reason]["titles"])) for reason in REASONS if _WORDS[reason]["titles"]}
_SENTENCES = {reason: _compiled(all_words(_WORDS[reason]["sentences"])) for reason in REASONS}
_CLUTTER = _compiled(all_words(_WORDS["clutter"]))
_FORWARDING = _compiled(all_words(_WORDS["forwarding"]))
_REFUSAL_TITLE, _REFUSAL_SENTENCE = (_compiled(all_words(_WORDS[REFUSAL][part])) for part in ("titles", "sentences"))
_MARKERS = re.compile(alternatives(map(re.escape, _WORDS["markers"]["challenge"])))


def interstitial(root: HtmlElement, source: str) -> str | None:
    """Return the reason why a short page holds no article, one of REASONS; None for other pages.

    `source` is the page's mark-up.
    """
    lines = short_page_lines(root)
    if lines is None:
        return None
    marked = _MARKERS.search(source) is not None
    return _reason(root, lines, marked=marked)


def kept_interstitial(root: HtmlElement, text: str) -> str | None:
    """Return the reason why `text`, all that extraction kept of a page, is no article; None if it is one."""
    if not text or _letters(text) > MAX_KEPT_LETTERS:
        return None
    return _reason(root, text.splitlines(), marked=False)


def is_bare_refusal(root: HtmlElement, source: str) -> bool:
    """Whether a page that refuses access says no more than servers' own pages for 401 and 403 do.

    It has neither the mark-up nor the words of a challenge, and speaks neither of the reader's address nor of a reason.
    `source` is the page's mark-up.
    """
    if _MARKERS.search(source):
        return False
    challenge = _TITLES[CHALLENGE], _SENTENCES[CHALLENGE]
    titles = (part for title in _titles(root) for part in (title, *title_parts(title)))
    if any(challenge[0].fullmatch(title) and not _REFUSAL_TITLE.fullmatch(title) for title in map(_bare, titles)):
        return False
    body = root.find("body")
    lines = [line for line, is_link in _lines(body) if not is_link] if body is not None else []
    sentences = [sentence for sentence in _sentences(lines) if not _REFUSAL_SENTENCE.fullmatch(sentence)]
    return not any(challenge[1].search(sentence) for sentence in sentences)


def is_forwarding(lines: Iterable[str]) -> bool:
    """Return whether the lines of a page say at most that it forwards to another."""
    return not any(_letters(s) > FEW_LETTERS / 8 and not _FORWARDING.search(s) for s in _sentences(lines))


def short_page_lines(root: HtmlElement) -> list[str] | None:
    """Return the lines of a page's body outside links; None if it has more than MAX_LETTERS letters."""
    body = root.find("body")
    if body is None:
        return []
    lines: list[str] = []
    total = 0
    for line, is_link in _lines(body):
        total += _letters(line)
        if total > MAX_LETTERS:
            return None
        if line.strip() and not is_link:
            lines.append(line)
    return lines


def _reason(root: HtmlElement, lines: Iterable[str], *, marked: bool) -> str | None:
    sentences = list(_sentences(lines))
    total = sum(map(_letters, sentences))
    said = {reason: sum(_letters(s) for s in sentences if pattern.search(s)) for reason, pattern in _SENTENCES.items()}
    noticed = sum(_letters(s) for s in sentences if any(pattern.search(s) for pattern in _SENTENCES.values()))
    titled = _titled(root)
    if titled and (noticed >= TITLED_SHARE * total or total - noticed <= FEW_LETTERS or marked):
        return titled
    if marked and (total <= EMPTY_LETTERS or noticed >= TITLED_SHARE * total):
        return CHALLENGE
    return max(said, key=said.__getitem__) if noticed and noticed >= NOTICE_SHARE * total else None


def _titled(root: HtmlElement) -> str | None:
    """Return the reason that the title or a heading gives."""
    for title in _titles(root):
        for part in (title, *title_parts(title)):
            for reason, pattern in _TITLES.items():
                if pattern.fullmatch(_bare(part)):
                    return reason
    return None


def _titles(root: HtmlElement) -> Iterator[str]:
    """Yield the title and the headings that are short enough to be a notice's."""
    for element in root.iter("title", "h1", "h2"):
        title = _plain(element.text_content())
        if title and len(title) <= _MAX_TITLE:
            yield title


def _bare(title: str) -> str:
    return title.strip(" .…!?。！？:：")


def _sentences(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for sentence in _SENTENCE_END.split(_plain(line)):
            if sentence.strip() and not _CLUTTER.search(sentence):
                yield sentence.strip()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())


def _letters(text: str) -> int:
    return len(text) + count_cjk(text)


def _lines(body: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Yield the lines of text between blocks and breaks, and whether all of a line is in links and buttons."""
    parts: list[str] = []
    linked = unlinked = depth = 0
    walk = etree.iterwalk(body, events=("start", "end"))
    for event, element in walk:
        if element.tag in BLOCK_TAGS or element.tag == "br":
            yield "".join(parts), bool(linked and not unlinked)
            parts, linked, unlinked = [], 0, 0
        if event == "start" and element.tag in _UNREAD:
            walk.skip_subtree()
            text = ""
        else:
            text = (element.text if event == "start" else element.tail) or ""
        if element.tag in _LINKS:
            depth += 1 if event == "start" else -1
        if text.strip():
            parts.append(text)
            linked, unlinked = (linked + 1, unlinked) if depth else (linked, unlinked + 1)
    yield "".join(parts), bool(linked and not unlinked)
