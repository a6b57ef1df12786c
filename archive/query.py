"""The query language: what a user types, parsed, and rewritten as an FTS5 expression.

=================  ===================================================================================
`stem cell`        both words, anywhere in title or text; `AND` between them means the same
`"stem cell"`      the phrase; “…” and 「…」 are quotation marks too
`干细胞`            the phrase: a run of Chinese needs no marks; 幹細胞 is the same
`癌 OR 瘤 肝`       one of the two, and 肝
`-word`            articles without it; `NOT word` means the same
`immun*`           words that start so (their stems: English words are compared without their endings)
`title:word`       in the title only; `title:"a phrase"` too
`source:博雅`       the publisher that the article names
`10.1000/x`        a DOI, PMID, PMC, trial or arXiv number in any spelling, or its URL: articles that cite or print it
=================  ===================================================================================

Nothing is an error: what cannot be understood is looked for as it stands, and what has no letter or digit is left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from archive.folding import BOUNDARY, split
from archive.references.identifiers import Identifier, find_all, from_url

FIELDS = ("title", "source")
# Words and characters of a query that count. The 64 commonest words of 20,000 articles take 0.9 s, 512 take 5 s.
MAX_UNITS = 64
MAX_LENGTH = 2000  # characters of a query that are read: MAX_UNITS words of usual length and their marks

_WIDTH = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | dict.fromkeys("“”„「」", '"'))
_TOKEN = re.compile(
    r"""(?P<negative>-(?=\S))?
        (?:(?P<field>title|source):(?=\S))?
        (?:"(?P<phrase>[^"]*)(?:"(?P<star>\*)?)?
         |(?P<word>(?:(?:pmid|pmcid|doi|arxiv)\s{0,3}:?\s{0,3}(?=\d|pmc\d))?[^\s"]+))""",
    re.IGNORECASE | re.VERBOSE,
)
_UNIT = re.compile(r"[^\W_]")
_LEAD = re.compile(
    r"(?:(?:dx\.)?doi\.org/|(?:doi|pmid|pubmed|pmcid|pmc|nct|isrctn|arxiv|isbn|issn)[\s:.#-]{0,3}){0,2}", re.IGNORECASE
)
_PMID = re.compile(r"[1-9][0-9]{6,7}")  # without a prefix: shorter ones are more often years, doses and counts


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase: its units parted by spaces, folded. `field` limits it to a column of the index."""

    text: str
    field: str | None = None
    prefix: bool = False
    identifier: Identifier | None = None

    @property
    def expression(self) -> str:
        """The term in FTS5's syntax."""
        columns = self.field or "{title text}"
        return f'{columns} : "{self.text}"' + (" *" if self.prefix else "")


@dataclass(frozen=True, slots=True)
class Clause:
    """Terms of which one must be found, or with `negative` none."""

    terms: tuple[Term, ...]
    negative: bool = False

    @property
    def expression(self) -> str:
        """What is to be found (or not) in FTS5's syntax."""
        return "(" + " OR ".join(term.expression for term in self.terms) + ")"


class _Item(NamedTuple):
    term: Term | None
    negative: bool = False
    operator: str = ""


def fts_query(text: str) -> str:
    """Any text as a valid FTS5 expression for `articles_fts`; `\"\"`, which finds nothing, if it holds no word."""
    return expression(parse(text))


def expression(clauses: Iterable[Clause]) -> str:
    """The clauses, of which one at least is positive, in FTS5's syntax."""
    required = " AND ".join(clause.expression for clause in clauses if not clause.negative)
    forbidden = " OR ".join(clause.expression for clause in clauses if clause.negative)
    return f"({required}) NOT ({forbidden})" if forbidden else required or '""'


def parse(text: str) -> tuple[Clause, ...]:
    """The clauses that must all hold. Where all would be negative, FTS5 has nothing to take them from: they are
    taken literally."""
    items = _limit([_item(match) for match in _TOKEN.finditer(clean(text[:MAX_LENGTH]).translate(_WIDTH))])
    clauses: list[Clause] = []
    joins = negates = False
    for before, item, after in zip([None, *items], items, [*items[1:], None], strict=False):
        if item.operator and after and after.term and not after.operator:
            if item.operator == "NOT" and not after.negative:
                negates = True
                continue
            if before and before.term and not before.operator and not (before.negative or after.negative):
                joins = item.operator == "OR"
                continue
        if item.term and joins:
            clauses[-1] = replace(clauses[-1], terms=(*clauses[-1].terms, item.term))
        elif item.term:
            clauses.append(Clause((item.term,), item.negative or negates))
        joins = negates = False
    if all(clause.negative for clause in clauses):
        return tuple(replace(clause, negative=False) for clause in clauses)
    return tuple(clauses)


def term(text: str, field: str | None = None, *, prefix: bool = False) -> Term | None:
    """`text` as a phrase, None if it has no letter or digit."""
    units = [unit for unit in split(clean(text)).replace('"', " ").split(BOUNDARY) if _UNIT.search(unit)]
    return Term(" ".join(units), field, prefix) if units else None


def identify(text: str) -> Identifier | None:
    """The identifier that `text` is, prefix or URL and all; None if there is more to it."""
    text = clean(text[:MAX_LENGTH]).translate(_WIDTH).strip()
    if "://" in text:
        return from_url(text)
    if _PMID.fullmatch(text):
        return Identifier("pmid", text)
    for found in find_all(text):
        if _LEAD.fullmatch(text[: found.start]) and not _UNIT.search(text[found.end :]):
            return Identifier(found.kind, found.value)
    return None


def clean(text: str) -> str:
    """Without what SQLite cannot take: NUL ends a string there, and lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "ignore").decode()


def _item(match: re.Match[str]) -> _Item:
    phrase, word, field = match["phrase"], match["word"], match["field"]
    negative = bool(match["negative"])
    if phrase is None and word in {"AND", "OR", "NOT"} and not (field or negative):
        return _Item(term(word), operator=word)
    text = word.rstrip("*") if phrase is None else phrase
    prefix = bool(match["star"]) if phrase is not None else word.endswith("*")
    found = term(text, field.lower() if field else None, prefix=prefix)
    if found and not field and not prefix and (identifier := identify(text)):
        found = replace(found, text=(term(identifier.value) or found).text, identifier=identifier)
    return _Item(found, negative)


def _limit(items: list[_Item]) -> list[_Item]:
    """The items that hold a term, up to MAX_UNITS; a phrase that is too long keeps its beginning."""
    kept: list[_Item] = []
    left = MAX_UNITS
    for item in items:
        if not item.term:
            continue
        if left <= 0:
            while kept and kept[-1].operator:  # it would be taken for a word
                kept.pop()
            break
        units = item.term.text.split()
        kept.append(item._replace(term=replace(item.term, text=" ".join(units[:left]))))
        left -= 0 if item.operator else len(units)
    return kept
