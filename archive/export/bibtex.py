"""Write works and articles as BibTeX in UTF-8, in the form that BibTeX, biber and Zotero all read."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.export.cited_articles import CitedArticle, cited_article
from archive.references.person_names import Person, family_key, person
from archive.text.characters import comparison_key
from archive.works.models import Work, one_line, page_range

TYPES = {
    "article-journal": "article", "article-newspaper": "article", "article-magazine": "article", "book": "book",
    "chapter": "incollection", "paper-conference": "inproceedings", "thesis": "phdthesis", "report": "techreport",
}  # fmt: skip
CONTAINERS = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
VERBATIM = ("doi", "pmid", "pmcid", "isbn", "issn", "url")  # fields that readers do not unescape
PUBLISHERS = {"phdthesis": "school", "techreport": "institution"}

# BibTeX counts braces even after a backslash, so a printed brace is written as a command.
_SPECIAL = str.maketrans(
    {character: "\\" + character for character in "&%$#_"}
    | {"\\": r"{\textbackslash}", "~": r"{\textasciitilde}", "^": r"{\textasciicircum}"}
    | {"{": r"{\textbraceleft}", "}": r"{\textbraceright}"}
)
_VERBATIM = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20"})


def write(works: Iterable[Work]) -> Iterator[str]:
    """Yield an entry for each work, separated by blank lines."""
    for work in works:
        kind = TYPES.get(work.type or "", "misc")
        yield _entry(kind, citation_key(work), _fields(work, kind))


def write_articles(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield an entry for each article, separated by blank lines.

    The type is `online`, which biblatex, pandoc and Zotero read as a web page and BibTeX's styles treat as `misc`. The
    keys end in the id and the revision, so that no work and no other revision has the same.
    """
    for each in articles:
        article = cited_article(each)
        yield _entry("online", article_key(article), _article_fields(article))


def citation_key(work: Work) -> str:
    """Return the citation key: the Latin letters of first author, year and first long word of the title, and the id.

    The id of the work makes the key unique and the same in every export of the archive.
    """
    author = _ascii(family_key(work.authors[0])) if work.authors else ""
    return f"{_key(author or 'work', str(work.year or ''), work.title or '')}-{work.id}"


def article_key(article: CitedArticle) -> str:
    """Return the citation key of an article, made as that of a work, with id and revision at its end."""
    first = next(iter(article.authors), None)
    author = _ascii((first.family.split() or [first.literal])[-1]) if first else ""
    key = _key(author or "article", (article.published or "")[:4], article.title)
    return f"{key}-{article.id}-{article.revision}"


def _key(author: str, year: str, title: str) -> str:
    words = (_ascii(comparison_key(word)) for word in title.split())
    word = next((word for word in words if len(word) > 3), "")
    return f"{author}{year}{word}"


def _entry(kind: str, key: str, fields: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields)
    return f"@{kind}{{{key},\n{lines}}}\n\n"


def _article_fields(article: CitedArticle) -> Iterator[tuple[str, str]]:
    fields = {
        "author": " and ".join(map(_person, article.authors)),
        "title": _title(article.title),
        "organization": _escaped(article.site),
        "publisher": _escaped(article.publisher or ""),
        # BibTeX's styles know the year only, the others the date.
        "date": article.published or "",
        "year": (article.published or "")[:4],
        "language": _escaped(article.language or ""),
        "url": one_line(article.url).translate(_VERBATIM),
        "urldate": article.archived_on,
        "note": _escaped(article.note),
    }
    return ((name, value) for name, value in fields.items() if value)


def _fields(work: Work, kind: str) -> Iterator[tuple[str, str]]:
    plain = {
        "title": _title(work.title or ""),
        CONTAINERS.get(kind, "howpublished"): _escaped(work.container_title or ""),
        PUBLISHERS.get(kind, "publisher"): _escaped(work.publisher or ""),
        "year": str(work.year or ""),
        "volume": _escaped(work.volume or ""),
        "number": _escaped(work.issue or ""),
        "pages": _escaped("--".join(filter(None, page_range(work.pages or "")))),
        "eprint": work.arxiv or "",
        "archiveprefix": "arXiv" if work.arxiv else "",
        "urldate": work.accessed or "",
        "note": _escaped(work.note or ""),
    }
    verbatim = {name: one_line(getattr(work, name) or "").translate(_VERBATIM) for name in VERBATIM}
    author = " and ".join([*map(_name, work.authors), *(["others"] if work.authors and work.et_al else [])])
    return ((name, value) for name, value in ({"author": author} | plain | verbatim).items() if value)


def _escaped(text: str) -> str:
    return one_line(text).translate(_SPECIAL)


def _title(text: str) -> str:
    """Return the title with words that have a capital in braces, or styles would set DNA and Crohn in lower case.

    The first letter of the title needs none, since every style keeps it.
    """
    words = one_line(text).split(" ")
    return " ".join(_word(word, first=not at) for at, word in enumerate(words))


def _word(word: str, *, first: bool) -> str:
    escaped = word.translate(_SPECIAL)
    return f"{{{escaped}}}" if any(c.isupper() for c in (word[1:] if first else word)) else escaped


def _name(printed: str) -> str:
    return _person(person(one_line(printed)))


def _person(name: Person) -> str:
    """Return `Family, Given`, or a name that must not be split in braces."""
    if name.literal:
        return f"{{{_escaped(name.literal)}}}"
    family, given = (_braced(_escaped(part)) for part in (name.family, name.given))
    return f"{family}, {given}"


def _braced(part: str) -> str:
    """Put a part in braces when it has what BibTeX reads as a separator of names."""
    return f"{{{part}}}" if "," in part or re.search(r"\band\b", part, re.IGNORECASE) else part


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())
