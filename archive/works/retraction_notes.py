"""Whether a page says that a work it leans on was retracted, or that a concern was expressed about it.

It does where the words for that stand in the work's printed entry, in a sentence beside its in-text marker, in one that
names the work by its title or by author and journal or year, or in a note on the page itself. What is denied, asked for
or said of other things does not count. The words are data in four languages (retraction_notes.toml).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from archive.article import Article, Reference
from archive.references.person_names import family_key
from archive.text.characters import without_accents
from archive.text.scripts import CJK, has_cjk
from archive.text.sentences import sentences
from archive.text.word_lists import all_words, alternatives, read_word_list

Said = Literal["retracted", "concern"]

_TITLE_SHARE = 0.6  # of the title's words that stand for the work in a sentence
_FEW_WORDS = 3
_LEAD = 60  # characters before the words in which a denial is looked for
_LABEL = 40  # characters of a paragraph in which a note's label stands
_TOKEN = re.compile(rf"[{CJK}]|[^\W{CJK}_]{{3,}}")


@dataclass(frozen=True, slots=True)
class Note:
    """A passage in which a page says so: what it says, where it stands, and its text."""

    says: Said
    place: Literal["reference", "text"]
    text: str


def find_note(article: Article, positions: Sequence[int], *, alone: bool = True) -> Note | None:
    """Return the first passage that says of the work of these references that it was retracted or doubted.

    `positions` are indexes into the article's references. `alone` is whether no other work of the article is retracted
    or doubted, so that a note on the page can mean this one only.
    """
    references = [article.references[position] for position in positions]
    for reference in references:
        if says := _in_entry(reference):
            return Note(says, "reference", reference.raw)
    for said, start, end, paragraph in _statements(article.text):
        text = article.text[start:end]
        if _is_near_marker(article, positions, start, end) or (
            not _has_other_marker(article, positions, start, end)
            and (any(_names(text, each) for each in references) or (alone and _is_note(paragraph, text)))
        ):
            return Note(said, "text", text)
    return None


def _in_entry(reference: Reference) -> Said | None:
    """Return what the printed entry says, outside of a title that is about retractions."""
    title = reference.title or ""
    outside = reference.raw
    if title and not re.match(rf"\W*(?:{_pattern('retracted').pattern})", title, re.IGNORECASE):
        outside = outside.replace(title, " ")
    return _said(outside)


def _statements(text: str) -> Iterator[tuple[Said, int, int, str]]:
    """Yield the sentences that say of anything that it was retracted or doubted, each with its paragraph."""
    at = 0
    for paragraph in text.split("\n"):
        if _pattern("any").search(paragraph):
            for start, end in sentences(paragraph):
                if said := _said(paragraph[start:end]):
                    yield said, at + start, at + end, paragraph
        at += len(paragraph) + 1


def _said(sentence: str) -> Said | None:
    kinds: tuple[Said, ...] = ("retracted", "concern")
    for said in kinds:
        for match in _pattern(said).finditer(sentence):
            lead = sentence[max(0, match.start() - _LEAD) : match.start()]
            denied = _pattern("denial_before").search(lead) or _pattern("not_so").search(match[0])
            if not denied and not _pattern("other_thing").match(sentence, match.end()):
                return said
    return None


def _is_near_marker(article: Article, positions: Sequence[int], start: int, end: int) -> bool:
    """Return whether a marker of the work stands in the sentence, or at the end of the one before it."""
    wanted = set(positions)
    own = [each for each in article.citations if wanted & set(each.references)]
    if any(start <= each.start < end + 2 for each in own):
        return True
    if _has_other_marker(article, positions, start, end):
        return False
    before = article.text.rfind("\n", 0, start) + 1
    last = [(first, behind) for first, behind in sentences(article.text[before:start])][-1:]
    return any(before + first <= each.start < start for first, _ in last for each in own)


def _has_other_marker(article: Article, positions: Sequence[int], start: int, end: int) -> bool:
    wanted = set(positions)
    return any(
        each.references and not wanted & set(each.references) and start <= each.start < end + 2
        for each in article.citations
    )


def _names(text: str, reference: Reference) -> bool:
    """Return whether a sentence names the work: by words of its title, or its first author with journal or year."""
    words = set(_TOKEN.findall(text.lower()))
    title = set(_TOKEN.findall((reference.title or "").lower()))
    if len(title) >= _FEW_WORDS and len(title & words) >= _TITLE_SHARE * len(title):
        return True
    plain = without_accents(text).lower()
    journal = bool(reference.container_title and reference.container_title.lower() in text.lower())
    year = bool(reference.year and str(reference.year) in text)
    author = any(_is_named(name, plain, text) for name in reference.authors[:1])
    if reference.kind == "mention":
        return journal or bool(reference.raw and reference.raw.lower() in text.lower())
    return author + journal + year > 1


def _is_named(author: str, plain: str, text: str) -> bool:
    if has_cjk(author):
        return author in text
    family = family_key(author)
    return len(family) > 1 and re.search(rf"\b{family}\b", plain) is not None


def _is_note(paragraph: str, sentence: str) -> bool:
    """Return whether a paragraph is a note on the page, and the sentence means the page or what it reports."""
    return bool(_pattern("note").match(paragraph[:_LABEL].strip())) and bool(_pattern("this_page").search(sentence))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words = _data()
    match name:
        case "any":
            return _compiled([*all_words(words["retracted"]), *all_words(words["concern"])])
        case "denial_before":
            return re.compile(f"{alternatives(all_words(words['not_so']))}$", re.IGNORECASE)
        case "note":
            return re.compile(rf"[\W_]{{0,4}}{alternatives(all_words(words['note']))}\s?[^\w\s]", re.IGNORECASE)
    return _compiled(all_words(words[name]))


def _compiled(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(alternatives(words), re.IGNORECASE)


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return read_word_list("archive.works", "retraction_notes")
