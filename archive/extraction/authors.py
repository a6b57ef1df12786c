"""Choose an article's authors among structured data, by-lines and the elements that name them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from archive.dom.lines import SEAM, Line, fold_line
from archive.extraction.author_names import is_person, names_at, names_from_metadata, split_names
from archive.extraction.bylines import BY_PHRASES
from archive.extraction.labels import LABELS, MANY_CHILDREN
from archive.extraction.near_title import AFTER, BEFORE, LINES_ABOVE, is_foreign, is_listed
from archive.extraction.page_lines import PageLines
from archive.extraction.printed_facts import PrintedFacts
from archive.extraction.structured_data import (
    ORGANISATION_TYPE,
    PERSON_TYPE,
    StructuredData,
    names_of,
    typed_names_of,
)
from archive.text.characters import comparison_key
from archive.text.word_lists import all_words, alternatives, read_word_list

_WORDS = read_word_list("archive.extraction", "names")
_METAS = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "citation_author",
    "citation_authors",
    "byl",
)
# `twitter:label1` is "Written by" and `twitter:data1` the name on pages of WordPress and Ghost.
_CARD_LABEL = re.compile(r"twitter:label(\d)")
# Classes of an author's picture, biography and the like, and those that contain only a name.
_NO_NAME = re.compile(
    r"(?:comment|avatar|image|img|photo|bio|desc|title|role|(?<![a-z])job(?![a-z])|position|social|count|follow|about|date|time|section"
    r"|page|icon)",
    re.IGNORECASE,
)
_STRICT = re.compile(r"author[_-]{0,2}name|\bauthor\b", re.IGNORECASE)
_BEFORE_NAME = re.compile(
    rf"^(?:[\s{SEAM}:：|]*(?:{'|'.join(LABELS['author'])}|(?:{'|'.join(BY_PHRASES['author'])})(?=[\s{SEAM}:]))[\s{SEAM}:：]*)+",
    re.IGNORECASE,
)
# Elements that are looked at, and characters of each.
_MANY_ELEMENTS, _LONGEST_ELEMENT = 200, 200
# The path of a page about an author, which a name in a by-line links to.
_AUTHOR_PATH = re.compile(alternatives(_WORDS["author_paths"]["any"]), re.IGNORECASE)
# Characters of a line that names an author, at most.
_SHORT = 120
# A by-line anywhere: a label with a colon, or a phrase of two words or more.
_PHRASES = "|".join(phrase for phrase in BY_PHRASES["author"] if " " in phrase)
_SIGNED = re.compile(
    rf"[(（【\[—–\s-]{{0,3}}(?:(?:{'|'.join(LABELS['author'])})\s?[:：]"
    rf"|(?:(?:{'|'.join(all_words(_WORDS['before_written']))})\s)?(?:{_PHRASES})(?=[\s{SEAM}:]))[\s{SEAM}:：]{{0,6}}",
    re.IGNORECASE,
)
_ABOUT = re.compile(rf"(?:{'|'.join(all_words(_WORDS['about_author']))})\s?[:：]?", re.IGNORECASE)


def choose_authors(
    page: PageLines,
    structured: StructuredData,
    printed: PrintedFacts,
    editors: tuple[str, ...],
    site: str | None,
    at: int,
) -> tuple[str, ...]:
    """Return the people of the first source that names any but the site, else the first names that any source has.

    After organisations come the `editors`, and the site if its author bears its name: if a by-line or JSON-LD says that
    the name is a person's. `at` is the title's line.
    """
    key = "author" if structured.article.get("author") else "creator"
    persons = set(map(comparison_key, typed_names_of(structured, key, PERSON_TYPE)))
    organisations = {
        comparison_key(name)
        for named in (key, "publisher")
        for name in typed_names_of(structured, named, ORGANISATION_TYPE)
    }
    sources: tuple[Callable[[], tuple[str, ...]], ...] = (
        lambda: names_from_metadata(names_of(structured, key)),
        lambda: printed.authors,
        lambda: names_from_metadata(_meta_values(structured)),
        lambda: names_of_elements(page, at),
        lambda: names_from_metadata(structured.items.get("author", ())),
        lambda: _signed_elsewhere(page, at),
        lambda: _names_of_attributes(page),
    )
    own, others = comparison_key(site or ""), []
    for read in sources:
        names = read()
        people = [name for name in names if is_person(name) and comparison_key(name) not in organisations]
        if any(comparison_key(name) != own for name in people):
            return tuple(people)
        others += [people, [name for name in names if comparison_key(name) != own]]
    named_like_site = [name for name in names_of(structured, key) if comparison_key(name) == own and own in persons]
    return tuple(next(filter(None, [*others[::2], *others[1::2], editors, named_like_site, printed.authors]), ()))


def _meta_values(structured: StructuredData) -> list[str]:
    """Return the contents of the metas that name authors."""
    values = [value for name in _METAS for value in structured.meta.get(name, ())]
    for name, labels in structured.meta.items():
        card = _CARD_LABEL.fullmatch(name)
        if card and _SIGNED.match(f"{labels[0]} :"):
            values += structured.meta.get(f"twitter:data{card[1]}", ())
    return values


def names_of_elements(page: PageLines, at: int) -> tuple[str, ...]:
    """Return the people in elements whose class or rel says author: the nearest to the title, else the only one named.

    Links near the title to an author's page count, too. `at` is the title's line. Several elements with names follow
    each other if they have the same class.
    """
    named = [
        (line, element, names)
        for line, element in page.author_elements[:_MANY_ELEMENTS]
        if not _NO_NAME.search(element.get("class") or "") and (names := _names_in(element))
    ]
    near = [entry for entry in named if -BEFORE // 3 <= entry[0] - at <= AFTER // 2]
    near.sort(key=lambda entry: entry[0] < at)
    near = [entry for entry in near if not is_foreign(page, at, entry[1], near=True)]
    if near:
        line, first, names = near[0]
        same = [e for e in near if e[1].get("class") == first.get("class") and line <= e[0] <= line + AFTER // 2]
        return tuple(dict.fromkeys([*names, *(name for entry in same for name in entry[2])]))
    linked = _linked_names(page, at)
    if linked:
        return linked
    strict = {names for _, element, names in named if _STRICT.search(f"{element.get('class')} {element.get('rel')}")}
    return strict.pop() if len(strict) == 1 else ()


def _names_in(element: HtmlElement) -> tuple[str, ...]:
    """Return the people whom a small element names first, after words such as By."""
    text = SEAM.join(f" {text} " for part in islice(element.itertext(), MANY_CHILDREN) if (text := fold_line(part)))[
        :_LONGEST_ELEMENT
    ]
    text = _BEFORE_NAME.sub("", text)
    return tuple(name for name in split_names([names_at(text)]) if is_person(name))


def _linked_names(page: PageLines, at: int) -> tuple[str, ...]:
    """Return the people whose names link to an author's page in the first line near the title that has such links."""
    lines = page.lines
    for line in (*lines[at + 1 : at + 1 + AFTER // 2], *reversed(lines[max(0, at - LINES_ABOVE) : at])):
        if line.linked_letters and len(line.text) <= _SHORT and len(line.block) <= MANY_CHILDREN:
            links = (line.block.iterancestors("a"), line.block.iter("a"))
            found = [link for group in links for link in group if _AUTHOR_PATH.search(link.get("href") or "")]
            names = [name for link in found for name in _names_in(link)]
            if names:
                return tuple(dict.fromkeys(names))
    return ()


def _names_of_attributes(page: PageLines) -> tuple[str, ...]:
    """Return the people in attributes `data-author`, if all have the same value."""
    values = set(map(str, page.root.xpath("//@data-author")))
    names = split_names(value[:_LONGEST_ELEMENT] for value in values) if len(values) == 1 else ()
    return tuple(name for name in names if is_person(name))


def _signed_elsewhere(page: PageLines, at: int) -> tuple[str, ...]:
    """Return the people of the by-lines and of the lines about the author far from the title, if all name the same."""
    found = Counter(names for line, names in _signatures(page.lines) if not is_foreign(page, at, line.block))
    return next(iter(found)) if len(found) == 1 else ()


def _signatures(lines: list[Line]) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """Yield each line that begins with a by-line, or that follows one without a name, with the people it names."""
    for index, line in enumerate(lines):
        match = _SIGNED.match(line.seamed) if len(line.text) <= _SHORT else None
        if match is None and not _ABOUT.fullmatch(line.text):
            continue
        rest = line.seamed[match.end() :] if match else ""
        if not rest:
            rest = lines[index + 1].seamed if index + 1 < len(lines) else ""
        names = tuple(name for name in split_names([names_at(rest)]) if is_person(name)) if rest else ()
        if names and not is_listed(line):
            yield line, names
