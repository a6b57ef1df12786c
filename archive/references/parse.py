"""A printed reference into its fields."""

import re

from archive.article import Reference
from archive.references import identifiers
from archive.references.fields import Core, read_fields
from archive.references.labels import read_label
from archive.references.locators import Locator, locate, year_of

_MARK = re.compile(r"[\[［【]\s?((?:EB|DB|CP|[JMCDRSPNGAZ])(?:\s?/\s?(?:OL|CD|MT|DK))?)\s?[\]］】]", re.IGNORECASE)
_TYPES = {
    "J": "article-journal",
    "M": "book",
    "C": "paper-conference",
    "D": "thesis",
    "R": "report",
    "S": "standard",
    "P": "patent",
    "N": "article-newspaper",
    "G": "book",
    "A": "chapter",
    "EB": "webpage",
    "DB": "dataset",
    "CP": "software",
    "Z": "document",
}
_URL = re.compile(r"(?:https?\s?:\s?//\s?|\bwww\.)[^\s<>\"“”，。；、（）【】\u3400-\u9fff]{3,2000}", re.IGNORECASE)
# What is no field: identifiers with their names, dates of access and of the electronic version, search links.
_NOTES = re.compile(
    r"""(?<![\w/])(?:
      \(?\[?\b[Dd][Oo][Ii]\s?[:：.]?\s?(?:https?://\S{1,60})?\s?(?=\W*$|[\s)\]])
    | \bPM(?:ID|C\s?ID|CID)\s?[:：]?\s?(?=\W|$) | \bPubMed\s?(?:PMID|ID)?\s?[:：]?\s?(?=[;.\s\])]|$)
    | \[?(?:[Ee]pub|Published\sonline|Online\sahead)\b[^\];；]{0,60}?
      (?:\d{4}(?:\s[A-Z][a-z]{2}(?:\s\d{1,2})?)?|print)\.?\]?
    | \(?\[?\b(?:Accessed|Retrieved|Cited|Last\saccessed|Abgerufen|Zugriff|Available|Verf[üu]gbar)\b.{0,60}$
    | \[\s?(?:19|20)\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?\s?\]
    | \[(?:DOI|PubMed|CrossRef|Crossref|Google\sScholar|PMC\sfree\sarticle|Article|Free\sFull\sText)\]
    | \bFree\sPMC\sarticle\b | \bFull\stext\b | \bPrint\.$ | \bWeb\.$ | [(\[](?:Article\s)?in\sChinese[)\]]
    )\.?""",
    re.VERBOSE,
)


def parse_reference(text: str) -> Reference:
    """The fields of one printed reference; any string gives a Reference, `raw` is the text with white space folded.

    Identifiers, locators and type marks are read by patterns; authors, title and container by `fields.read_fields`
    from what is left.
    """
    raw = " ".join(text.split())
    label = read_label(raw)
    body = raw[label.end if label else 0 :]
    all_found = list(identifiers.find_all(body))
    found = identifiers.firsts(all_found)
    text = _core_text(body, all_found)
    mark = _MARK.search(text)
    locator = _locate(text, mark)
    fields = read_fields(Core(text, locator, mark))
    return Reference(
        label=label.name if label else None,
        raw=raw,
        type=_type(mark, locator, fields.container, found),
        authors=fields.authors,
        title=fields.title or None,
        container_title=fields.container or None,
        publisher=fields.publisher or None,
        year=(locator and locator.year) or year_of(text) or year_of(body),
        volume=locator.volume if locator else None,
        issue=locator.issue if locator else None,
        pages=locator.pages if locator else None,
        url=_url(body),
        **found,
    )


def _core_text(body: str, found: list[identifiers.Found]) -> str:
    """The body without identifiers, URLs and notes."""
    pieces: list[str] = []
    position = 0
    spans = [(each.start, each.end) for each in found]
    spans += [match.span() for match in _URL.finditer(body)]
    for start, end in sorted(spans):
        if start >= position:
            pieces.append(body[position:start])
        position = max(position, end)
    text = " ".join([*pieces, body[position:]])
    return " ".join(_NOTES.sub(" ", text).split())


def _locate(text: str, mark: re.Match[str] | None) -> Locator | None:
    """The locator after the type mark, or anywhere but at the beginning."""
    return locate(text, mark.end() if mark else min(4, len(text)))


def _type(
    mark: re.Match[str] | None, locator: Locator | None, container: str, found: identifiers.Identifiers
) -> str | None:
    if mark:
        return _TYPES[re.split(r"\s?/", mark[1].upper())[0]]
    if "isbn" in found:
        return "book"
    if container and locator and (locator.volume or locator.pages):
        return "article-journal"
    return "article-journal" if found.keys() & {"pmid", "pmcid"} else None


def _url(body: str) -> str | None:
    """The first URL printed that is more than an identifier's own address."""
    for match in _URL.finditer(body):
        url = match[0].replace(" ", "").rstrip(".,;:)]'")
        if "doi.org/" not in url and url.lower().startswith("http"):
            return url
    return None
