"""What tells documents without a DOI apart: the URL of a web page, the number of a standard."""

import re

from archive.article import Article, Reference
from archive.references.identifiers import Identifier, from_url
from archive.references.plain import plain
from archive.text.characters import comparison_key
from archive.urls.canonical import canonical_url

_PRINTED = frozenset({"book", "chapter", "thesis", "paper-conference"})  # types that a URL does not stand for
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/\d{1,14}(?:[a-z]{2}_)?/(?=https?:)", re.IGNORECASE)
# Parameters of publishers' sites that say how a reader came and was let in, beside those of archive.urls.canonical.
_ACCESS = re.compile(
    r"(?<=[?&])(?:via|guestaccesskey|redirectedfrom|autologincheck|casa_token|commtag)=[^&]*&?", re.IGNORECASE
)
MOST = 400  # characters of an entry in which the number of a standard is looked for

_JOURNAL_DOI = re.compile(r"10\.\d{4,9}/(?:j|issn|j\.issn)?[.:-]?(?:\d{4}-?\d{3}[\dx])?[.:-]?", re.IGNORECASE)

# Bodies that issue standards, with the suffix for recommended ones: GB/T, GB/Z, DB11/T, YY/T, T/CNSS.
_STANDARD = re.compile(
    r"(?<![A-Za-z0-9])"
    r"(?P<body>(?:GB|GBZ|GBJ|WS|YY|YBB|YC|NY|SN|HJ|QB|SC|SB|LY|LS|HG|JB|JGJ|CJJ|CNS|TB|GA|RB|MZ|DB\d{2,4})(?:\s?/?\s?[TZ])?"
    r"|T\s?/\s?[A-Z]{2,8}"
    r"|(?:BS\s|DIN\s|NF\s|CEN\s)?(?:EN\s)?ISO(?:\s?/\s?(?:IEC|TS|TR|ASTM))*|(?:BS\s|DIN\s)?EN|IEC|DIN|BS|ASTM|ANSI|JIS|IEEE)"
    r"\s?(?P<number>[A-Z]{0,2}\s?\d{1,6}(?:\.\d{1,3}){0,3}"
    r"(?:-(?:\d{1,3}(?=\s?[-:]\s?(?:19|20)\d{2})|\d(?!\d)|\d{3}(?!\d)))?)"
    r"(?:\s?[-:]\s?(?P<year>(?:19|20)\d{2}|\d{2}(?!\d)))?"
)
_INTERNATIONAL = re.compile(r"ISO|IEC|EN|ASTM|IEEE|ANSI|DIN|BS")


def is_journal_doi(doi: str) -> bool:
    """Return whether a DOI names a whole journal, which is what a broken DOI leaves: 10.3969/j.issn.1000-6729."""
    return bool(_JOURNAL_DOI.fullmatch(doi))


def standard_number(text: str) -> str | None:
    """Return the first number of a standard in one spelling, None without one.

    GB/T 7714-2015, GBT7714—2015 and `GB / T 7714：2015` are all `gbt7714-2015`; a year of two digits is of the 20th
    century in China.
    """
    found = _STANDARD.search(plain(text[:MOST]).upper())
    if not found:
        return None
    body, number = (re.sub(r"[\s/]", "", found[name]) for name in ("body", "number"))
    year = found["year"] or ""
    if len(year) == 2 and not _INTERNATIONAL.search(body):  # behind an international number it is a part
        year = f"19{year}"
    return f"{body}{number}{'-' if year else ''}{year}".lower()


def document_url(reference: Reference) -> str | None:
    """Return the URL that a reference without identifiers is known by, without scheme, `www.` and tracking.

    None for a print with volume or pages, for a book, for the address of an identifier, and for a home page, which many
    documents are cited with. A copy in the Internet Archive is known by the URL of the page.
    """
    if not reference.url or reference.type in _PRINTED or from_url(reference.url):
        return None
    if reference.container_title and (reference.volume or reference.pages):
        return None
    address = _address(reference.url)
    return address if address and "/" in address else None


def is_of_page(reference: Reference, article: Article) -> bool:
    """Return whether the reference names the page that prints it: by its URL, its DOI, or its title and site."""
    urls = [url for url in (article.url, article.canonical_url) if url]
    if reference.url and (address := _address(reference.url)) and address in map(_address, urls):
        return True
    if reference.doi and Identifier("doi", reference.doi) in map(from_url, urls):
        return True
    title = comparison_key(article.title)
    if not title or comparison_key(reference.title or "") != title or reference.doi or reference.pmid:
        return False
    site = {comparison_key(name) for name in (article.site_name, article.source) if name}
    return comparison_key(reference.container_title or "") in site


def _address(url: str) -> str | None:
    """Return host, path and query of the canonical URL, None for what is no http(s) URL."""
    try:
        canonical = canonical_url(_ARCHIVED.sub("", url))
    except ValueError:
        return None
    return _ACCESS.sub("", canonical.partition("://")[2]).removeprefix("www.").rstrip("/?&")
