"""The query language: parse what a user types, and rewrite it as an FTS5 expression.

======================  ==============================================================================================
`stem cell`             both words, anywhere in title or text; `AND` between them means the same
`"stem cell"`           the phrase; “…” and 「…」 are quotation marks too
`IL-10`                 the same as `IL10` and `IL 10`; `TGF-β1` is `TGFβ1`, `TGF-beta1` and `TGFbeta1`
`干细胞`                the phrase: a run of Chinese needs no marks; 幹細胞 is the same
`癌 OR 瘤 肝`           one of the two, and 肝
`-word`                 articles without it; `NOT word` means the same
`immun*`                words with this beginning (their stems: English words are compared without their endings)
`title:word`            in the title only; `title:"a phrase"` too
`source:博雅`           the publisher that the article names (来源)
`author:wang`           the names of the article's authors; `author:"Wang Li"` too
`10.1000/x`             a DOI, PMID, PMC, trial or arXiv number in any spelling, or its URL: cited or printed
`cites:10.1000/x`       articles that cite it; `cites:"stem cells"`: articles whose references print these words
`cites:retracted`       articles that cite a work that is retracted or has an expression of concern
`has:references`        articles that have references
`has:doubtful-reference`  articles with a reference that contradicts itself or the record of its work
`references:5-19`       articles with so many references; `references:0` and `references:20-` too
`design:trial`          articles that report on a trial; `design:cohort`, `design:review`, `design:"case report"` too
`subjects:animals`      articles on a study of animals; `subjects:humans` and `subjects:cells` too
`is:gone`               articles whose page is gone
`site:who`              articles of this configured site
`language:zh`           articles in this language; `zh` includes `zh-Hans` and `zh-Hant`
`since:2024-05`         published in this day, month or year or later; `until:2024-05`: in it or earlier
`date:2024-05`          published in this day, month or year
`https://who.int/a`     the article at this URL, and articles that print it
`标题:干细胞`           fields have names in Chinese, Japanese and Korean too
`干细胞，硬皮病`        both words: marks between words part them
======================  ==============================================================================================

`-` and `OR` combine with every row: `-site:who`, `site:who OR site:nih`. Every query is valid: a filter that makes no
sense is searched as words, and characters without a letter or digit are ignored.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from archive.references.identify import identify
from archive.retrieval import terms
from archive.retrieval.field_names import field_names
from archive.retrieval.punctuation import part_words
from archive.retrieval.terms import YEARS, Clause, Term, expression, phrase
from archive.text.characters import ASCII_FORMS, clean

MAX_UNITS = 64  # words and characters of a query; the 64 commonest words of 20,000 articles take 0.9 s, 512 take 5 s
MAX_LENGTH = 2000  # characters of a query: MAX_UNITS words of usual length and their marks; the rest is ignored
WORD_FIELDS = ("title", "source")
EVIDENCE_FIELDS = ("design", "subjects")  # of the table evidence
_CONDITIONS: dict[tuple[str, str], terms.ConditionName] = {  # by field and value
    ("has", "references"): "references",
    ("has", "doubtful-reference"): "doubtful",
    ("is", "gone"): "gone",
    ("cites", "retracted"): "retracted",
}

_TOKEN = re.compile(
    rf"""(?P<negative>-(?=\S))?
        (?:[([]*(?P<field>{"|".join(field_names().fields)}):(?=\S))?
        (?:"(?P<phrase>[^"]*)(?:"(?P<star>\*)?)?
         |(?P<word>(?:(?:pmid|pmcid|doi|arxiv)\s{{0,3}}:?\s{{0,3}}(?=\d|pmc\d)
                    |(?-i:(?!(?:AND|OR|NOT)\s)[A-Z]{{2,6}})\s(?=\d{{1,3}}(?:\s|$)|[α-ω]|(?:alpha|beta|gamma|kappa)\b)
                    )?[^\s"]+))""",
    re.IGNORECASE | re.VERBOSE,
)

_ADDRESS = re.compile(r"(?:https?://|(?=www\.|[\w.-]+\.[a-z]{2,24}/))(\S+)", re.IGNORECASE)


class _Item(NamedTuple):
    term: Term | None
    negative: bool = False
    operator: str = ""


def fts_query(text: str) -> str:
    """Return any text as a valid FTS5 expression for `articles_fts`; `\"\"`, which matches nothing, if it has no word.

    Filters on other tables (`cites:`, `has:`, `is:`) are not in the index: they are searched as words.
    """
    return expression(parse(text))


def parse(text: str, years: tuple[int, int] = YEARS, *, alone: bool = True) -> tuple[Clause, ...]:
    """Return the clauses that must all hold.

    years: first and last publication year in the archive.
    alone: whether the query is the only condition. If all its words are negated then, they are searched as words:
        `-word` alone is a word with a hyphen before it, not a query for all other articles. Negated filters stay.
    """
    items = _limit([_item(match, years) for match in _tokens(text)])
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


def clause_texts(text: str) -> list[str]:
    """Return the parts of a query of which each must hold: words, negated words, and words that OR connects."""
    parts: list[str] = []
    for word in (match[0] for match in _tokens(text)):
        if parts and (parts[-1] == "NOT" or parts[-1].endswith(" OR")):
            parts[-1] += f" {word}"
        elif word == "OR" and parts:
            parts[-1] += " OR"
        elif word != "AND":
            parts.append(word)
    return parts


def fields_typed(text: str) -> list[tuple[str, str]]:
    """Return the fields of a query with their values, both as the query language calls them.

    A word before a colon that is no field is returned too, as it is typed.
    """
    found = []
    for match in _tokens(text):
        name, colon, value = match[0].lstrip("-([").partition(":")
        field = field_names().fields.get(name.lower(), name)
        if colon and value and not value.startswith("//"):
            found.append((field, field_names().value(field, value.strip('"').rstrip(")],;"))))
    return found


def citing(text: str) -> Term:
    """Return the condition that an article cites the identifier in `text`, or prints `text` in a reference."""
    return Term(text_cited=clean(text).strip().lower(), identifier=identify(text), condition="cites")


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(part_words(clean(text[:MAX_LENGTH])).translate(ASCII_FORMS))


def _item(match: re.Match[str], years: tuple[int, int]) -> _Item:
    field, negative = field_names().fields.get((match["field"] or "").lower(), ""), bool(match["negative"])
    text = match["word"] if match["phrase"] is None else match["phrase"]
    if match["word"] in {"AND", "OR", "NOT"} and not (field or negative):
        return _Item(phrase(text), operator=text)
    if field and field not in WORD_FIELDS:
        literal, narrowing = phrase(f"{field} {text}"), _filter(field, text, years)
        if narrowing and narrowing.condition and literal:
            narrowing = replace(narrowing, text=literal.text, spelled=literal.spelled)
        return _Item(narrowing or literal, negative)
    return _Item(_word(match, text, field or None), negative)


def _word(match: re.Match[str], text: str, field: str | None) -> Term | None:
    prefix = bool(match["star"]) if match["word"] is None else text.endswith("*")
    found = phrase(text.rstrip("*") if match["word"] else text, field, prefix=prefix)
    if not found or field or prefix:
        return found
    if identifier := identify(text):
        value = phrase(identifier.value) or found
        return replace(found, text=value.text, spelled=value.spelled, identifier=identifier)
    return replace(found, urls=_urls(text))


def _urls(text: str) -> tuple[str, ...]:
    """Return the canonical URLs that a word may stand for, with either scheme; none for a word that is no URL."""
    address = _ADDRESS.fullmatch(text.rstrip(")],;"))
    if not address:
        return ()
    from archive.urls.canonical import canonical_url  # few queries need it

    try:
        return tuple(canonical_url(f"{scheme}://{address[1]}") for scheme in ("https", "http"))
    except ValueError:  # no host can have this name
        return ()


def _filter(field: str, text: str, years: tuple[int, int]) -> Term | None:
    """Return the term of a filter; None if its value makes no sense."""
    text = field_names().value(field, text.rstrip(")],;"))
    if condition := _CONDITIONS.get((field, text.lower())):
        return Term(condition=condition)
    match field:
        case "site":
            return terms.of_site(text)
        case "language":
            return terms.of_language(text)
        case "since" | "until" | "date":
            return terms.of_period(None if field == "until" else text, None if field == "since" else text, years)
        case "author":
            return terms.of_author(text)
        case "references":
            numbers = terms.parse_range(text)
            return Term(condition="references", numbers=numbers) if numbers else None
        case "cites":
            return citing(text)
        case "design" | "subjects" if text.lower() in field_names().taken(field):
            return terms.of_evidence(field, text)
    return None


def _limit(items: list[_Item]) -> list[_Item]:
    """Return the items with a term, up to MAX_UNITS in all; a phrase that is too long keeps its first units."""
    kept: list[_Item] = []
    left = MAX_UNITS
    for item in items:
        if not item.term:
            continue
        if left <= 0:
            while kept and kept[-1].operator:  # an operator at the end would be read as a word
                kept.pop()
            break
        units = item.term.text.split()
        kept.append(item if len(units) <= left else item._replace(term=item.term.shortened(left)))
        left -= 0 if item.operator else max(1, len(units))
    return kept
