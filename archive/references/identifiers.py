"""Find, normalise and check identifiers of literature and trials, and convert them to URLs and back.

A value has one normal form, so that equal works compare equal: a DOI in lower case, a PMID as digits, a
PMCID as `PMC…`, an ISBN as thirteen digits, an ISSN as `1234-567X`, an arXiv number without its version.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple, TypedDict, cast
from urllib.parse import quote, unquote, urlsplit

from archive.text.scripts import EAST_ASIAN

KINDS = ("doi", "pmid", "pmcid", "nct", "chictr", "isrctn", "arxiv", "isbn", "issn")


class Identifier(NamedTuple):
    """A normalised identifier; `kind` is one of `KINDS`, which are also the names of the fields of Reference."""

    kind: str
    value: str


class Identifiers(TypedDict, total=False):
    """Normalised identifiers by kind, at most one of each, as keyword arguments of Reference."""

    doi: str
    pmid: str
    pmcid: str
    nct: str
    chictr: str
    isrctn: str
    arxiv: str
    isbn: str
    issn: str


class FoundIdentifier(NamedTuple):
    """An identifier and the offsets of its digits, without prefix, in the searched text."""

    kind: str
    value: str
    start: int
    end: int


# What ends a DOI: white space, quotes, and everything that CJK typesetting puts after it. `;` occurs in no DOI
# registered today but in the SICI ones of the 1990s, which are recognised by what they end in: `2.0.CO;2`.
_END = rf"\s?#\"“”‘’«»<>;|\\^`{{}}\u00b7{EAST_ASIAN}\ud800-\udfff"
_LESS, _MORE = r"\s?(?:<|%3[Cc]|&lt;|\[)\s?", r"\s?(?:>|%3[Ee]|&gt;|\])\s?"
_IN_SICI = r"[^\s<>\"\ud800-\udfff]"
_SICI = (
    rf"{_IN_SICI}{{0,80}}?{_LESS}{_IN_SICI}{{1,40}}?{_MORE}"
    r"\d\.\d\.[A-Za-z]{2}(?:;|%3[Bb]|&#59;)\s?2(?:-[A-Za-z0-9#])?"
)
_DOI = re.compile(
    r"(?<![\d.])10\.(?:\ (?=\d{4}))?(?P<prefix>\d{4,9}(?:\.\d{1,9})?)\ ?(?:/|%2[Ff])"
    rf"(?P<suffix>\ ?(?P<sici>{_SICI})|\ ?[^{_END}]{{1,300}})"
)
_GLUED = re.compile(r"(?:(?<![.,\[(])[.,\[(]+)?(?:PMC?ID|PMC\d{4}|PubMed|Epub|https?:|doi:|DOI:|DOI10\.)")
_VIEW = re.compile(
    r"(?:/(?:full(?:text|\.pdf)?|abstract|e?pdf|meta|epub|html?|summary|(?:figures|tables)/\d{1,3})|\.(?:pdf"
    r"|full|full\.pdf|html?|abstract))$"
)
_PREPRINT = re.compile(r"(?<=\d)v\d{1,2}(?:\.\S*)?$")
_PRINTED_WITH_SPACES = re.compile(r"\s[a-z0-9][\w.()/-]*", re.ASCII | re.IGNORECASE)


def normalise_doi(text: str) -> str | None:
    """Return the first DOI in `text` as `10.…/…` in lower case, or None; it may be bare or part of a URL."""
    return next((found.value for found in _dois(text)), None)


# Full-width letters, digits, dots and slashes; each is one character, so that offsets hold.
_WIDE_DOI = re.compile("[1１][0０][.．][0-9０-９]{4}")
_NARROW = {code: code - 0xFEE0 for code in (*range(0xFF0D, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}


def _dois(text: str) -> Iterator[FoundIdentifier]:
    if not text.isascii() and _WIDE_DOI.search(text) and not _DOI.search(text):
        text = text.translate(_NARROW)
    position = 0
    while match := _DOI.search(text, position):
        end = match.end() if match["sici"] else _continued(text, match)
        printed = text[match.start() : end]
        value, kept = _sici(printed) if match["sici"] else _clean_doi(printed)
        position = max(match.start() + len(printed), match.end())
        if value:
            yield FoundIdentifier("doi", value, match.start(), match.start() + kept)


_YEAR_PART = re.compile(r"(?:^|[._/-])(?:19|20)[0-9]{2}\.$")
_MONTH_PART = re.compile(r"[._/-](?:19|20)[0-9]{2}\.[0-9]{2}\.$")
_DATED = re.compile(r"\s?(?:19|20)[0-9]{2}\b(?!\.\s?[0-9])")
_SERIALS = frozenset({"issn", "cnki", "cn"})


def _continued(text: str, match: re.Match[str]) -> int:
    """Return where a DOI ends that a line break or spaces cut; it continues only while it is clearly unfinished.

    `10.1016/j. bbagrm.2016`, `10.1186/s13287-021- 02913-0`, `10.1016/j.sleep.2010. 03.902` and
    `10.3969/j. issn. 1000-0000. 2016. 01` go on; a suffix that ends in a number, or a next word without a digit, does
    not.
    """
    end, spaced = match.end(), False
    while end < len(text) and text[end - 1] in ".-/_" and (piece := _PRINTED_WITH_SPACES.match(text, end)):
        if not _goes_on(text[max(match.start("suffix"), end - 40) : end], piece, spaced=spaced):
            break
        spaced = spaced or text[end - 1] == "."
        end = piece.end()
    return end


def _goes_on(tail: str, piece: re.Match[str], *, spaced: bool) -> bool:
    """Return whether the piece after a space belongs to a DOI that is printed up to `tail`."""
    word = piece[0].strip().rstrip(".")
    if _DATED.match(piece.string, piece.start()) or "://" in word:
        return False
    if tail[-1] == "." and "." in word:
        # `01. hjh.0000239391`, and a year before `03.902`; a number between stops is no word of a sentence.
        if word[0].isalpha():
            return (
                word[0].islower() and re.fullmatch(r"[a-z-]{1,12}(?:\.[a-z-]{1,12})?\.[0-9][\w.-]*", word) is not None
            )
        if _YEAR_PART.search(tail) and re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,5})+", word):
            return True
    elif _MONTH_PART.search(tail) and re.fullmatch(r"[0-9]{3,4}", word):
        return True
    unfinished = tail[-1] in "-/_" or spaced or not re.search(r"\d", tail)
    return unfinished and (re.search(r"\d", word) is not None or word.lower() in _SERIALS)


def _sici(printed: str) -> tuple[str | None, int]:
    """Return a DOI that holds a Serial Item and Contribution Identifier (ANSI/NISO Z39.56), and its printed length.

    None stands for one that does not have that form any more when its escapes are undone.
    """
    bare = re.sub(r"\s+", "", unquote(printed)).lower()
    for escaped, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#59;", ";")):
        bare = bare.replace(escaped, sign)
    whole = _DOI.fullmatch(bare)
    return (bare if whole and whole["sici"] else None), len(printed)


def _clean_doi(printed: str) -> tuple[str | None, int]:
    """Return the normalised DOI and the number of characters of the printed string that it took."""
    if glued := _GLUED.search(printed, 8):
        printed = printed[: glued.start()]
    printed = printed.partition("&")[0]  # `&type=printable`, `&gt;`: what follows in a query or in escaped HTML
    kept = len(_balanced(printed))
    value = re.sub(r"\s+", "", printed[:kept])
    if "%" in value:
        value = unquote(value)
        value = _balanced(re.split(r"[\s%\"&]", value)[0])
    value = value.lower()
    while (shorter := _balanced(_VIEW.sub("", value))) != value:
        value = shorter
    if value.startswith(("10.1101/", "10.64898/", "10.48550/arxiv.")):
        value = _balanced(_PREPRINT.sub("", value))
    return (value, kept) if re.fullmatch(r"10\.[\d.]+/.*\w.*", value) else (None, kept)


def _balanced(text: str) -> str:
    """Strip trailing punctuation and closing brackets that have no opening one."""
    depth = {close: text.count(close) - text.count(open_) for open_, close in ("()", "[]", "<>")}
    end = len(text)
    while end and (
        text[end - 1] in ".,;:!?'*&#=-_~@$/ \t\n\r" or depth.get(text[end - 1], 0) > 0 or text[end - 1] in "([{"
    ):
        closing = text[end - 1]
        if closing in depth:
            depth[closing] -= 1
        elif closing in "([":
            depth[{"(": ")", "[": "]"}[closing]] += 1
        end -= 1
    return text[:end]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def valid_isbn(text: str) -> bool:
    """Return whether the check digit of an ISBN-10 or ISBN-13 is right (ISO 2108)."""
    isbn = re.sub(r"[\s‐‑–-]", "", text).upper()
    if re.fullmatch(r"[0-9]{13}", isbn):
        return isbn[:3] in {"978", "979"} and sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(isbn)) % 10 == 0
    if re.fullmatch(r"[0-9]{9}[0-9X]", isbn):
        return sum((10 - i) * (10 if d == "X" else int(d)) for i, d in enumerate(isbn)) % 11 == 0
    return False


def valid_issn(text: str) -> bool:
    """Return whether the check digit of an ISSN is right (ISO 3297)."""
    issn = re.sub(r"[\s‐‑–-]", "", text).upper()
    if not re.fullmatch(r"[0-9]{7}[0-9X]", issn):
        return False
    return sum((8 - i) * (10 if d == "X" else int(d)) for i, d in enumerate(issn)) % 11 == 0


def normalise_isbn(text: str) -> str | None:
    """Return an ISBN-10 or ISBN-13 as thirteen digits, or None if its check digit is wrong."""
    if not valid_isbn(text):
        return None
    isbn = re.sub(r"[\s‐‑–-]", "", text).upper()
    if len(isbn) == 13:
        return isbn
    body = "978" + isbn[:9]
    return body + str(-sum(int(d) * (1, 3)[i % 2] for i, d in enumerate(body)) % 10)


def normalise_issn(text: str) -> str | None:
    """Return an ISSN as `1234-567X`, or None if its check digit is wrong."""
    issn = re.sub(r"[\s‐‑–-]", "", text).upper()
    return f"{issn[:4]}-{issn[4:]}" if valid_issn(text) else None


def _number(text: str) -> str | None:
    digits = _digits(text).lstrip("0")
    return digits if 1 <= len(digits) <= 9 and digits.isascii() else None


def _pmcid(text: str) -> str | None:
    return f"PMC{number}" if (number := _number(text)) else None


def _prefixed(prefix: str, length: int) -> Callable[[str], str | None]:
    def normalise(text: str) -> str | None:
        digits = _digits(text)
        return prefix + digits if len(digits) == length and digits.isascii() else None

    return normalise


def _chictr(text: str) -> str | None:
    match = re.fullmatch(r"\s*chictr[\s-]*+([a-z]{0,6})[\s-]*+([0-9]{8,10})\s*", text, re.IGNORECASE)
    if not match:
        return None
    return f"ChiCTR-{match[1].upper()}-{match[2]}" if match[1] else f"ChiCTR{match[2]}"


_ARXIV = re.compile(
    r"([0-9]{4}\.[0-9]{4,5}|[a-z][a-z-]{1,15}(?:\.[a-z]{2})?/[0-9]{7})(?:v[0-9]{1,3})?(?![0-9])", re.IGNORECASE
)


def _arxiv(text: str) -> str | None:
    match = _ARXIV.search(text)
    return match[1].lower() if match else None


_NORMALISE: dict[str, Callable[[str], str | None]] = {
    "doi": normalise_doi,
    "pmid": _number,
    "pmcid": _pmcid,
    "nct": _prefixed("NCT", 8),
    "chictr": _chictr,
    "isrctn": _prefixed("ISRCTN", 8),
    "arxiv": _arxiv,
    "isbn": normalise_isbn,
    "issn": normalise_issn,
}


def normalise(kind: str, text: str) -> str | None:
    """Return the normal form of an identifier, or None if `text` is none. Raises KeyError for a kind not in `KINDS`."""
    return _NORMALISE[kind](text)


_PUBMED_URL = (
    r"pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed/(?:\?term=)?|europepmc\.org/\w{1,10}/med/"
)
_PATTERNS: dict[str, str] = {
    "pmid": rf"(?:\bPMID|\bPubMed(?:\s?(?:PMID|ID))?|{_PUBMED_URL})(?:\s?[:：]\s?|\s?(?=\d))([0-9]{{1,9}})(?!\d)",
    "pmcid": r"\bPMC(?:ID)?\s?[:：]?\s?(?:PMC)?([0-9]{3,9})(?!\d)",
    "nct": r"(?<![A-Za-z])NCT\s?[-:#]?\s?([0-9]{8})(?!\d)",
    "chictr": r"(ChiCTR[\s-]?(?:[A-Z]{2,5}-?)?[0-9]{8,10})(?!\d)",
    "isrctn": r"ISRCTN\s?[:-]?\s?([0-9]{8})(?!\d)",
    "arxiv": rf"arxiv(?:\.org/(?:abs|pdf|html)/|\s?[:：]\s?|\s(?:preprint\s)?(?:arxiv:\s?)?)({_ARXIV.pattern})",
    "isbn": r"ISBN(?:-?1[03])?[\s:：]{0,3}([0-9][0-9\s‐‑–-]{8,16}[0-9Xx])",
    "issn": r"ISSN[\s:：]{0,3}([0-9]{4}[\s‐‑–-]?[0-9]{3}[0-9Xx])(?!\w)",
}


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """The pattern of a kind, compiled at first use: most texts have identifiers of few kinds."""
    return re.compile(_PATTERNS[kind], re.IGNORECASE)


# Every identifier of a kind has one of these before it or in it; the test costs a hundredth of the search.
_TRACES: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in _PATTERNS} | {
    "pmid": ("pmid", "pubmed", "europepmc"),
    "pmcid": ("pmc",),
}


def find_all(text: str) -> Iterator[FoundIdentifier]:
    """Yield all identifiers by kind in the order of `KINDS`, those of a kind in the order of the text."""
    yield from _dois(text)
    lowered = text.lower()
    for kind in _PATTERNS:
        if not any(trace in lowered for trace in _TRACES[kind]):
            continue
        for match in _pattern(kind).finditer(text):
            if value := normalise(kind, match[1]):
                yield FoundIdentifier(kind, value, match.start(1), match.end(1))


def find(text: str) -> Identifiers:
    """Return the first identifier of each kind in a text."""
    return first_of_each_kind(find_all(text))


def first_of_each_kind(found: Iterable[FoundIdentifier]) -> Identifiers:
    """Of several identifiers the first of each kind."""
    first: dict[str, str] = {}
    for each in found:
        first.setdefault(each.kind, each.value)
    return cast(Identifiers, first)


def from_url(url: str) -> Identifier | None:
    """Return the identifier that a URL leads to (resolvers, PubMed, PMC, registries, arXiv, publishers)."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # an unclosed bracket in the host
        return None
    path = f"{host}{parts.path}"
    if parts.scheme not in {"http", "https"} or not host:
        return None
    if host.endswith("ncbi.nlm.nih.gov") or host == "europepmc.org":
        return _from_ncbi(path, parts.query)
    for kind, hosts in (("arxiv", "arxiv.org"), ("nct", "clinicaltrials.gov"), ("isrctn", "isrctn.com")):
        if host == hosts:
            found = _pattern(kind).search(path if kind == "arxiv" else parts.path)
            value = normalise(kind, found[1]) if found else None
            return Identifier(kind, value) if value else None
    doi = normalise_doi(parts.path) or normalise_doi(parts.query)
    return Identifier("doi", doi) if doi else None


def _from_ncbi(path: str, query: str) -> Identifier | None:
    if (found := _pattern("pmcid").search(path)) and (value := _pmcid(found[1])):
        return Identifier("pmcid", value)
    address = f"{path}?{query}" if query.startswith("term=") else path
    found = _pattern("pmid").search(address.replace("/?term", "/?term"))
    value = _number(found[1]) if found else None
    return Identifier("pmid", value) if value else None


_URLS = {
    "doi": "https://doi.org/{}",
    "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
    "pmcid": "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    "nct": "https://clinicaltrials.gov/study/{}",
    "isrctn": "https://www.isrctn.com/{}",
    "arxiv": "https://arxiv.org/abs/{}",
}


def to_url(kind: str, value: str) -> str | None:
    """Return the URL of an identifier, or None for kinds without a resolver of their own (ChiCTR, ISBN, ISSN)."""
    template = _URLS.get(kind)
    return template.format(quote(value, safe="/:;().,_-~!*'@+")) if template else None
