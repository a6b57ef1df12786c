"""The kind of a printed work as a CSL type, by its GB/T 7714 mark or by its shape, and what kinds say of its fields."""

import re
from dataclasses import replace
from functools import cache

from archive.references.fields import Fields, trim
from archive.references.gazetteer import Gazetteer
from archive.references.numbers import Numbers
from archive.references.prepared import PreparedReference
from archive.references.tokens import FILLER, tokenise
from archive.text.word_lists import read_word_list

_MARKS = {
    "J": "article-journal",
    "M": "book",
    "C": "paper-conference",
    "D": "thesis",
    "R": "report",
    "S": "standard",
    "P": "patent",
    "N": "article-newspaper",
    "G": "book",
    "K": "book",
    "A": "chapter",
    "EB": "webpage",
    "OL": "webpage",
    "DB": "dataset",
    "CP": "software",
    "Z": "document",
}
_NUMBERED = frozenset({"standard", "legislation", "patent"})

# See: a book, its chapter, and often the chapter's name: `见: 内科学 第3章 心力衰竭`.
_CHAPTER = re.compile(
    r"(?:参?见|详见|載|载于?)\s?[:：]?\s?[《「]?(?P<book>[^\W\d][^》」]{0,60}?)[》」]?[\s,，.。]{0,2}"
    r"第\s?[\d一二三四五六七八九十百]{1,4}\s?[章篇节節](?P<name>[^《》]{0,80})"
)


@cache
def _shape(name: str) -> re.Pattern[str]:
    """One pattern of kinds.toml, compiled at first use; ignoring case costs too much beside ideographs."""
    latin = [word for language, words in _shapes()[name].items() for word in words if not _unspaced(language)]
    other = [word for language, words in _shapes()[name].items() for word in words if _unspaced(language)]
    return re.compile("|".join([*([f"(?i:{'|'.join(latin)})"] if latin else []), *other]))


def _unspaced(language: str) -> bool:
    return language.startswith(("zh", "ja"))


@cache
def _shapes() -> dict[str, dict[str, list[str]]]:
    return read_word_list("archive.references", "kinds")


def csl_type(prepared: PreparedReference, fields: Fields, numbers: Numbers, journals: Gazetteer) -> str | None:
    """Return the CSL type of a reference, or None if nothing shows it."""
    if prepared.mark:
        return _marked(prepared, prepared.mark)
    if chapter := _chapter_of(prepared.text):
        return "chapter" if trim(chapter["name"]) else "book"
    if _shape("patent").search(prepared.text):
        return "patent"
    if not (numbers.volume and numbers.pages) and (kind := _shaped(prepared.text)):
        return kind
    return _by_fields(prepared, fields, numbers, journals)


def _marked(prepared: PreparedReference, mark: re.Match[str]) -> str:
    kind = _MARKS[re.split(r"\s?/", mark[1].upper())[0]]
    hosted = prepared.text[mark.end() :].lstrip().startswith("//")
    return "chapter" if hosted and kind == "book" else kind


def _shaped(text: str) -> str | None:
    """The kinds that have a number or a name of their own: standards, laws, theses, data sets, reports."""
    for kind in ("standard", "legislation", "thesis", "dataset"):
        if _shape(kind).search(text):
            return kind
    return None


def _by_fields(prepared: PreparedReference, fields: Fields, numbers: Numbers, journals: Gazetteer) -> str | None:
    text, container = prepared.text, fields.container
    if _shape("newspaper").search(container) and not (numbers.volume or numbers.issue):
        return "article-newspaper"
    known = bool(container) and _is_journal(container, journals)
    if container and not known and (kind := _by_container(text, fields, numbers)):
        return kind
    if container and (numbers.volume or numbers.issue or numbers.pages or known):
        return "article-journal"
    if prepared.found.keys() & {"pmid", "pmcid"} or (container and "doi" in prepared.found):
        return "article-journal"
    return _alone(prepared, fields)


def _is_journal(container: str, journals: Gazetteer) -> bool:
    tokens = tokenise(container)
    tags = journals.tags(tokens)
    return bool(tags) and all(tag for tag, token in zip(tags, tokens, strict=True) if token.text[0].isalnum())


def _by_container(text: str, fields: Fields, numbers: Numbers) -> str | None:
    """The kinds that what holds the work tells: papers of a meeting, chapters."""
    if _shape("meeting").search(fields.container):
        return "paper-conference"
    hosted = _shape("host").search(text) is not None and not numbers.volume
    return "chapter" if hosted and (fields.publisher or numbers.pages or _shape("editors").search(text)) else None


def _alone(prepared: PreparedReference, fields: Fields) -> str | None:
    """The kind of a work that is no part of another."""
    text = prepared.text
    if "isbn" in prepared.found or _shape("book").search(text):
        return "book"
    if _shape("report").search(text):
        return "report"
    if _shape("site").search(text) or prepared.accessed or (prepared.url and "doi" not in prepared.found):
        return "webpage"
    return "book" if fields.publisher and fields.title and not fields.container else None


def _chapter_of(text: str) -> re.Match[str] | None:
    return _CHAPTER.fullmatch(text) if "第" in text else None


def _chapter(prepared: PreparedReference, match: re.Match[str]) -> Fields:
    """Fields of a chapter of a book; where no name of the chapter is printed, the book is what is cited."""
    book, name = (trim(prepared.body[slice(*match.span(group))]) for group in ("book", "name"))
    confidence = {"title": 0.5} | ({"container_title": 0.5} if name else {})
    return Fields(title=name or book, container=book if name else "", confidence=confidence)


_ENDS = re.compile(r"。|[.;]\s(?=[^\W\d_])")
_LONGEST_TITLE = 200


def titled(prepared: PreparedReference, kind: str | None, fields: Fields, numbers: Numbers) -> tuple[Fields, Numbers]:
    """Return fields and numbers as the kind of a work corrects them.

    A standard's or law's number is part of its title, no volume or page. What holds nothing but words is a title.
    """
    if prepared.mark:
        return fields, numbers
    if kind in _NUMBERED and (match := _shape(kind).search(prepared.text)):
        confidence = {name: sure for name, sure in numbers.confidence.items() if name == "year"}
        year = re.search(r"(?:19|20)\d\d", match[0]) if kind == "standard" else None
        printed = None if re.search(rf"\.{numbers.year}\b", prepared.text) else numbers.year  # a section: 177.1640
        numbers = Numbers(year=printed or (int(year[0]) if year else None), confidence=confidence)
        return _numbered(prepared, match), numbers
    if chapter := _chapter_of(prepared.text):
        return _chapter(prepared, chapter), numbers
    if fields.container and not (fields.title or kind or numbers.volume or numbers.issue or numbers.pages):
        confidence = {name: sure for name, sure in fields.confidence.items() if name != "container_title"}
        fields = replace(fields, title=fields.container, container="", confidence={**confidence, "title": 0.5})
    bare = not (fields.title or fields.container or fields.authors or numbers.volume or numbers.pages)
    if bare and (words := _words(prepared)):
        return replace(fields, title=words, confidence={**fields.confidence, "title": 0.5}), numbers
    return fields, numbers


def _numbered(prepared: PreparedReference, match: re.Match[str]) -> Fields:
    """Fields of a standard or law: its number and name together are the title, an office before them its author."""
    text, start = prepared.text, 0
    signed = re.match(r"([^.。《]{2,40})[.。:：]\s?", text)
    if signed and signed.end() <= match.start() and _shape("office").search(signed[1]):
        start = signed.end()
    stop = _ENDS.search(text, match.end())
    end = min(
        stop.start() if stop else len(text), *(at for at in [text.find(FILLER, match.end())] if at >= 0), len(text)
    )
    title = trim(prepared.body[start:end])[:_LONGEST_TITLE]
    authors = (trim(prepared.body[: start - 1]),) if start else ()
    confidence = {"title": 0.5} | ({"authors": 0.5} if authors else {})
    return Fields(authors=authors, title=title, publisher="", confidence=confidence)


def _words(prepared: PreparedReference) -> str:
    """What is printed in a reference without its notes and addresses, if that is as short as a title."""
    pieces = [trim(piece) for piece in re.split(rf"{FILLER}+", prepared.text)]
    words = max(pieces, key=len, default="")
    if not re.search(r"[^\W\d_]{2}", words) or len(words) > _LONGEST_TITLE:
        return ""
    at = prepared.text.find(words)
    return prepared.body[at : at + len(words)]
