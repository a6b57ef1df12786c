"""Prepare a printed reference for parsing: strip the label, mask identifiers, URLs and notes, find the locator."""

import re
from dataclasses import dataclass

from archive.references import identifiers
from archive.references.labels import Label, read_label
from archive.references.locators import Locator, locate
from archive.references.plain import plain
from archive.references.tokens import FILLER, fill

_MARK = re.compile(r"\[\s?((?:EB|DB|CP|[JMCDRSPNGAZ])(?:\s?/\s?(?:OL|CD|MT|DK))?)\s?\]", re.IGNORECASE)
URL = re.compile(r"(?:https?\s?:\s?//\s?|\bwww\.)[!#-;=?-~]{3,2000}", re.IGNORECASE)  # printable ASCII but "<>
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


@dataclass(frozen=True, slots=True)
class PreparedReference:
    """A printed reference without its label, with the parts that patterns read.

    `body` is as printed; `text` has the same length and offsets, with FILLER over everything that belongs to no field;
    `mark` is the GB/T 7714 type mark (its offsets are those of `text`).
    """

    label: Label | None
    body: str
    text: str
    found: identifiers.Identifiers
    locator: Locator | None
    mark: re.Match[str] | None


def prepare(raw: str) -> PreparedReference:
    """Prepare a reference; white space in `raw` is already folded."""
    label = read_label(raw)
    body = raw[label.end if label else 0 :]
    found = list(identifiers.find_all(body))
    spans = [(each.start, each.end) for each in found]
    spans += [match.span() for match in URL.finditer(body)]
    text = fill(body, spans)
    text = fill(text, [match.span() for match in _NOTES.finditer(text)])
    mark = _MARK.search(plain(text))
    locator = locate(text, mark.end() if mark else min(4, len(text)))
    return PreparedReference(label, body, text, identifiers.first_of_each_kind(found), locator, mark)
