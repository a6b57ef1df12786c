"""Score how much a line looks like a printed reference, against prose, advice, links and page furniture."""

import re

from archive.references import identifiers
from archive.references.labels import DASHES
from archive.text.word_lists import all_words, alternatives, read_word_list

_YEAR = r"(?<!\d)(?:19[0-9]\d|20[0-4]\d)(?!\d)"
_PAGES = rf"[A-Za-z]{{0,2}}\d{{1,6}}(?:\s?[{DASHES}]\s?[A-Za-z]{{0,2}}\d{{1,6}})?"
_STRONG = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (r"[\[［](?:J|M|C|D|N|R|S|P|Z|A|G|EB|DB|CP|J/OL|EB/OL|N/OL|M/OL|C/OL|R/OL|DB/OL|J/CD)[\]］]", 0),
        (rf"{_YEAR}[^;；\n]{{0,14}}[;；]\s?\d{{1,4}}\s?(?:[(（][^()（）]{{1,20}}[)）])?\s?[:：]", 0),
        (rf"{_YEAR}\s?[,，]\s?\d{{1,4}}\s?(?:[(（][^()（）]{{1,12}}[)）])?\s?[:：,，]\s?{_PAGES}", 0),
        (rf"{_YEAR}\s?[,，]?\s?[(（]\d{{1,3}}[)）]\s?[:：]\s?{_PAGES}", 0),
        (rf"(?<![\d.])\d{{1,4}}\s?[(（]\d{{1,4}}(?:[{DASHES}/]\d{{1,4}})?[)）]\s?[:：,，]\s?{_PAGES}", 0),
        (rf"\b[A-Z]\w+\.?,? \d{{1,4}}[,:] ?\w{{0,2}}\d{{1,6}}(?:[{DASHES}]\w{{0,2}}\d{{1,6}})?\s?\({_YEAR}\)", 0),
        (rf"\d{{1,4}}\.\d{{1,3}} ?\({_YEAR}\) ?:", 0),
        (r"\bvol(?:ume)?\.? ?\d{1,4}[,;:] (?:no|issue|iss|pp?)\b", re.IGNORECASE),
        (r"第\s?\d{1,3}\s?卷\s?[,，]?\s?第\s?\d{1,3}\s?期", 0),
    )
)
_MEDIUM = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (r"\bet al\b|[,，、 ]等[.。,，]", re.IGNORECASE),
        (rf"[(（]{_YEAR}[a-z]?(?:,[^()]{{1,20}})?[)）]", 0),
        (r"^(?:[A-Z][\w'’-]+ ){1,2}[A-Z]{1,3}(?:, (?:[A-Z][\w'’-]+ ){1,2}[A-Z]{1,3}){0,40}[.,]", 0),
        (r"^[A-Z][\w'’-]+, (?:[A-Z]\. ?){1,3}(?:,|&|and|\()", 0),
        (r"\b(?:Accessed|Retrieved|Published online|Epub|Available (?:at|from)|Abgerufen|Zugriff)\b", re.IGNORECASE),
        (
            r"\b(?:Journal|J|Am|Int|Med|Clin|Res|Rev|Sci|Biol|Ther|Acta|Lancet|Nature|Cell|BMJ|JAMA|PLoS)\b.{0,60}"
            + _YEAR,
            0,
        ),
        (r"(?:杂志|学报|医学|期刊|通讯|科学|出版社|大学|雜誌|學報|出版社|学会誌)[^。]{0,40}" + _YEAR, 0),
        (r"\b(?:Press|Publishers?|Publishing|Elsevier|Springer|Wiley|Verlag|Thieme|University)\b.{0,30}" + _YEAR, 0),
        (r"^[^:：。]{2,60}[:：]\s?[“\"«《]", 0),
        (r"^《[^》]{2,80}》", 0),
        (r"\bpp?\.\s?\d{1,5}|\d{1,5}\s?页", 0),
        (
            (
                r"(?<!\S)(?>\S*?https?://)\S*(?:ncbi|nih\.gov|doi|sciencedirect|springer|wiley|nature\.com|cell\.com|nejm"
                r"|thelancet|jama|who\.int|cdc\.gov|cnki|wanfangdata|biorxiv|medrxiv|\.gov|\.edu|science\.org"
                r"|frontiersin|mdpi)"
            ),
            re.IGNORECASE,
        ),
    )
)
_URL = re.compile(r"https?://\S+")
_WEAK = re.compile(rf"{_YEAR}|https?://")

_DATA = read_word_list("archive.references", "list_ends")
_PROSE = re.compile(alternatives(all_words(_DATA["prose"])), re.IGNORECASE)
_STOP = re.compile(rf"[\W_]*(?:{alternatives(all_words(_DATA['begins']))})", re.IGNORECASE)
_FURNITURE = re.compile(alternatives(all_words(_DATA["holds"])), re.IGNORECASE)


def strength(text: str) -> int:
    """Return how much a line looks like a reference.

    0 or less: not at all; 1: weakly; 2 and 3: probably; 4 or more: surely.
    """
    text = text[:1200]
    score = 0
    if any(identifiers.find_all(text)):
        score += 4
    score += 4 * any(pattern.search(text) for pattern in _STRONG)
    score += min(4, 2 * sum(bool(pattern.search(text)) for pattern in _MEDIUM))
    return score + bool(_WEAK.search(text)) - _prose(text)


def _prose(text: str) -> int:
    """Count words of sentences, 6 at most; one alone counts as none, since titles have one or two."""
    found = len(_PROSE.findall(_URL.sub("", text)))
    return 0 if found < 2 else min(6, found)


def is_strong(text: str) -> bool:
    """Return whether a line is a reference by itself: it has an identifier, a type mark or volume and pages."""
    return strength(text) >= 4 and len(text) < 1500


def may_be_reference(text: str) -> bool:
    """Return whether a line has a year, a URL or an identifier; a fast test before `strength`."""
    return len(text) >= 30 and bool(_WEAK.search(text) or "10." in text)


def ends_list(text: str) -> bool:
    """Return whether a line follows a reference list: a disclaimer, related news, a contact or an author."""
    return bool((_STOP.match(text[:80]) or _FURNITURE.search(text[:300])) and strength(text) < 4)


_LONGEST_PLAIN = 400  # characters in an entry that is no reference by itself
_SHORTEST_TITLE = 8  # bytes in UTF-8; below it are `Books`, 网页 and 完
_LONGEST_TITLE = 180  # bytes in UTF-8, so that a Chinese character counts as three letters
_END_OF_CHINESE = ("。", "！", "？", "…", "”")
_END_OF_SENTENCE = (".", "!", *_END_OF_CHINESE)


def is_short(text: str) -> bool:
    """Return whether a line is too short for a title: a word that divides a list, or that ends the page."""
    return len(text.encode()) < _SHORTEST_TITLE


def could_be_entry(text: str) -> bool:
    """Return whether a line below a heading for references may be an entry: a title alone, a law, a book, a URL.

    Prose, a note and the introduction of something else (`…：`) may not.
    """
    score = strength(text)
    if score >= 3:
        return True
    if is_short(text) or len(text) > _LONGEST_PLAIN or text.endswith((":", "：")) or not any(map(str.isalpha, text)):
        return False
    title = len(text.encode()) <= _LONGEST_TITLE
    if score < 0:  # a title may have the words of a sentence
        return title and (score == -1 or not text.endswith(_END_OF_SENTENCE))
    sentence = text.endswith(_END_OF_CHINESE) and (not title or text.count("，") > 1)
    return score > 0 or not sentence


_NAMES_SOURCE = re.compile(r"[:：《“\"]")


def shows_source(text: str) -> bool:
    """Return whether a line has any sign of a reference: a year, a URL, a title in quotes or behind a colon."""
    return strength(text) >= 1 or bool(_NAMES_SOURCE.search(text))


_CONTINUES = re.compile(r"^(?:doi\b|https?://|10\.\d{4}|PMC?ID|PubMed\b|\[?(?:EB/OL|J)\]|DOI)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"(?:doi\b|10\.\d{4}|PMC?ID)", re.IGNORECASE)
_BROKEN_DOI = re.compile(r"10\.\d{4,9}/\S{0,100}[.\-/(]$")
_TOGGLE = re.compile(
    r"[\W_]*(?:(?:点击)?(?:展开|收起|查看|显示|隐藏|更多|show|hide|expand|view|see|close|collapse|load)[\w\s]{0,20}"
    r"|(?:\d{1,3} )?more (?:references?|sources|citations))(?:\s?[(（]\d{1,4}[)）])?[\W_]*",
    re.IGNORECASE,
)


def continues_entry(text: str) -> bool:
    """Return whether a line begins with a DOI, URL or PMID and so belongs to the entry before it."""
    return bool(_CONTINUES.match(text))


def is_identifier(text: str) -> bool:
    """Return whether a line begins with a DOI, PMID or PMCID: what the entry before it goes on with."""
    return bool(_IDENTIFIER.match(text))


def breaks_off(text: str, following: str) -> bool:
    """Return whether an entry ends within a DOI that the next line continues: `10.1000/abc.` and `12.3 PMID …`."""
    return following[:1].isdigit() and bool(_BROKEN_DOI.search(text[-120:]))


def is_toggle(text: str) -> bool:
    """Return whether a line is the button that shows or hides a list: 展开, Show all."""
    return len(text) <= 40 and bool(_TOGGLE.fullmatch(text))
