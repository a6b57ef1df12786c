"""Prepare a printed reference for parsing: strip the label, mask identifiers, URLs and notes, find the locator."""

import re
from dataclasses import dataclass

from archive.references import identifiers
from archive.references.access_dates import read_access
from archive.references.labels import Label, read_label
from archive.references.locators import Locator, locate
from archive.references.plain import plain
from archive.references.tokens import FILLER, fill
from archive.references.web_addresses import web_addresses
from archive.text.scripts import FULL_WIDTH_FORMS

_MARK = re.compile(r"\[\s?((?:EB|DB|CP|OL|[JMCDRSPNGAZK])(?:\s?/\s?(?:OL|CD|MT|DK))?)\s?\]", re.IGNORECASE)
# Text that belongs to no field: identifiers' names, dates of access and of the electronic version, search links.
_NOTES = re.compile(
    rf"""
      (?<![\w/])(?:
        [\[(]?(?:doi|PM(?:C\s?ID|ID|C)|PubMed(?:\s(?:PM)?ID)?)\s?[:：.]?\s?(?:https?://\S{{0,60}}?)?(?={FILLER}|\W*$)
      | \[?(?:Epub|Published\sonline|Online\sahead|eCollection)\b[^\];；{FILLER}]{{0,60}}?
        (?:\d{{4}}(?:\s[A-Z][a-z]{{2}}(?:\s\d{{1,2}})?)?|print)\.?\]?
      | [(\[]?(?:Accessed|Retrieved|Cited|Last\saccessed|Abgerufen|Zugriff|Available|Verf[üu]gbar)\b.{{0,60}}$
      | (?:Free\sPMC\sarticle|Full\stext)\b | (?:Print|Web)\.$
      )
    | \[\s?(?:19|20)\d\d[-./年]\d{{1,2}}[-./月]\d{{1,2}}日?\s?\]
    | \[(?:DOI|PubMed|CrossRef|Google\sScholar|PMC\sfree\sarticle|Article|Free\sFull\sText)\]
    | [(\[](?:Article\s)?in\sChinese[)\]]
    """,
    re.VERBOSE | re.IGNORECASE,
)

_CODE = re.compile(r"\d{1,2}\s(?:CFR|C\.F\.R\.|USC|U\.S\.C\.)\s")  # the title of a code of laws is no label


@dataclass(frozen=True, slots=True)
class PreparedReference:
    """A printed reference without its label, with the parts that patterns read.

    `body` is as printed; `text` has the same length and offsets, with FILLER over everything that belongs to no field
    and with full-width forms as ASCII; `mark` is the GB/T 7714 type mark (its offsets are those of `text`); `accessed`
    is the date of access in ISO 8601, as far as it is printed, and `url` the first address that is no identifier's.
    """

    label: Label | None
    body: str
    text: str
    found: identifiers.Identifiers
    locator: Locator | None
    mark: re.Match[str] | None
    accessed: str | None = None
    url: str | None = None


def prepare(raw: str) -> PreparedReference:
    """Prepare a reference; white space in `raw` is already folded."""
    label = None if _CODE.match(raw) else read_label(raw)
    body = raw[label.end if label else 0 :]
    found = list(identifiers.find_all(body))
    spans = [(each.start, each.end) for each in found]
    addresses = list(web_addresses(body))
    spans += [span for span, _ in addresses]
    text = fill(body.translate(FULL_WIDTH_FORMS), spans)
    access = read_access(text)
    notes = [match.span() for match in _NOTES.finditer(text)]
    text = fill(text, [*notes, access.span] if access else notes)
    mark = _MARK.search(plain(text))
    url = next((address for _, address in addresses if "doi.org/" not in address), None)
    locator = locate(text, mark.end() if mark else min(4, len(text)))
    return PreparedReference(
        label, body, text, identifiers.first_of_each_kind(found), locator, mark, access.date if access else None, url
    )
