"""The query language: what a user types, parsed, and rewritten as an FTS5 expression.

======================  ==============================================================================================
`stem cell`             both words, anywhere in title or text; `AND` between them means the same
`"stem cell"`           the phrase; “…” and 「…」 are quotation marks too
`IL-10`                 the same as `IL10` and `IL 10`; `TGF-β1` is `TGFβ1`, `TGF-beta1` and `TGFbeta1`
`干细胞`                the phrase: a run of Chinese needs no marks; 幹細胞 is the same
`癌 OR 瘤 肝`           one of the two, and 肝
`-word`                 articles without it; `NOT word` means the same
`immun*`                words that start so (their stems: English words are compared without their endings)
`title:word`            in the title only; `title:"a phrase"` too
`source:博雅`           the publisher that the article names (来源)
`10.1000/x`             a DOI, PMID, PMC, trial or arXiv number in any spelling, or its URL: what cites or prints it
`cites:10.1000/x`       articles that cite it; `cites:"stem cells"`: whose references print these words
`cites:retracted`       articles that cite a work that is retracted or has an expression of concern
`has:references`        articles that have references
`is:gone`               articles whose page is gone
`site:who`              of this configured site
`language:zh`           in this language; `zh` stands for `zh-Hans` and `zh-Hant` too
`since:2024-05`         published then or later: a day, month or year; `until:2024-05` then or earlier
======================  ==============================================================================================

`-` and `OR` go with every row: `-site:who`, `site:who OR site:nih`. Nothing is an error: what cannot be understood is
looked for as it stands, and what has no letter or digit is left out.
"""

import re
from dataclasses import replace
from typing import NamedTuple

from archive.references.identify import identify
from archive.retrieval import terms
from archive.retrieval.terms import YEARS, Clause, Term, expression, phrase
from archive.text.characters import ASCII_FORMS, clean

# Words and characters of a query that count. The 64 commonest words of 20,000 articles take 0.9 s, 512 take 5 s.
MAX_UNITS = 64
MAX_LENGTH = 2000  # characters of a query that are read: MAX_UNITS words of usual length and their marks
WORD_FIELDS = ("title", "source")

_TOKEN = re.compile(
    r"""(?P<negative>-(?=\S))?
        (?:[([]*(?P<field>title|source|cites|has|is|site|language|since|until):(?=\S))?
        (?:"(?P<phrase>[^"]*)(?:"(?P<star>\*)?)?
         |(?P<word>(?:(?:pmid|pmcid|doi|arxiv)\s{0,3}:?\s{0,3}(?=\d|pmc\d)
                    |(?-i:(?!(?:AND|OR|NOT)\s)[A-Z]{2,6})\s(?=\d{1,3}(?:\s|$)|[α-ω]|(?:alpha|beta|gamma|kappa)\b)
                    )?[^\s"]+))""",
    re.IGNORECASE | re.VERBOSE,
)


class _Item(NamedTuple):
    term: Term | None
    negative: bool = False
    operator: str = ""


def fts_query(text: str) -> str:
    """Any text as a valid FTS5 expression for `articles_fts`; `\"\"`, which finds nothing, if it holds no word.

    What is asked of other tables (`cites:`, `has:`, `is:`) is not in the index: it is looked for as words.
    """
    return expression(parse(text))


def parse(text: str, years: tuple[int, int] = YEARS, *, alone: bool = True) -> tuple[Clause, ...]:
    """The clauses that must all hold. Words that are all negative are taken literally, `-words` being what a user
    then looks for, where the query stands `alone`; filters are not. `years` are those in which articles were
    published."""
    found = _TOKEN.finditer(clean(text[:MAX_LENGTH]).translate(ASCII_FORMS))
    items = _limit([_item(match, years) for match in found])
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
    if alone and all(clause.negative for clause in clauses):
        return tuple(replace(clause, negative=clause.filters) for clause in clauses)
    return tuple(clauses)


def citing(text: str) -> Term:
    """Articles that cite the publication with that identifier, or whose references print these words."""
    return Term(wanted=clean(text).strip().lower(), identifier=identify(text), asked="cites")


def _item(match: re.Match[str], years: tuple[int, int]) -> _Item:
    field, negative = (match["field"] or "").lower(), bool(match["negative"])
    text = match["word"] if match["phrase"] is None else match["phrase"]
    if match["word"] in {"AND", "OR", "NOT"} and not (field or negative):
        return _Item(phrase(text), operator=text)
    if field and field not in WORD_FIELDS:
        literal, narrowing = phrase(f"{field} {text}"), _narrowing(field, text, years)
        if narrowing and narrowing.asked and literal:
            narrowing = replace(narrowing, text=literal.text, spelled=literal.spelled)
        return _Item(narrowing or literal, negative)
    return _Item(_word(match, text, field or None), negative)


def _word(match: re.Match[str], text: str, field: str | None) -> Term | None:
    prefix = bool(match["star"]) if match["word"] is None else text.endswith("*")
    found = phrase(text.rstrip("*") if match["word"] else text, field, prefix=prefix)
    if found and not field and not prefix and (identifier := identify(text)):
        value = phrase(identifier.value) or found
        return replace(found, text=value.text, spelled=value.spelled, identifier=identifier)
    return found


def _narrowing(field: str, text: str, years: tuple[int, int]) -> Term | None:
    """What a filter asks for; None if it makes no sense."""
    text = text.rstrip(")],;，；、")
    match field, text.lower():
        case "site", _:
            return terms.of_site(text)
        case "language", _:
            return terms.of_language(text)
        case "since", _:
            return terms.of_period(text, None, years)
        case "until", _:
            return terms.of_period(None, text, years)
        case "has", "references":
            return Term(asked="references")
        case "is", "gone":
            return Term(asked="gone")
        case "cites", "retracted":
            return Term(asked="retracted")
        case "cites", _:
            return citing(text)
    return None


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
        kept.append(item if len(units) <= left else item._replace(term=item.term.shortened(left)))
        left -= 0 if item.operator else max(1, len(units))
    return kept
