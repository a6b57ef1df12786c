"""Identifiers that are printed so that they cannot be ones: with wrong check digits, lengths or characters."""

import re
from collections.abc import Iterator

from archive.literature.checking.verdicts import Contradiction
from archive.references.identifiers import normalise, normalise_doi

_REASON = "malformed identifier"
_DOI = re.compile(
    r"\bdoi(?:\.org/|\s?[:：]\s?)(?:https?://(?:dx\.)?doi\.org/)?(?:doi\s?[:：]\s?)?([^\s,;，；。]{4,80})",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"10\.(?:x{3,9}|0000|1234|12345)/|10\.\d{4,5}/(?:x{3,20}|xyz|abcd?e?f?)\d{0,6}$", re.IGNORECASE
)
_WITH_CHECK_DIGIT = {
    "isbn": re.compile(
        r"ISBN(?:-?1[03])?[\s:：]{0,3}(97[89][-\s]?(?:\d[-\s]?){9}[\dX]|(?:\d[-\s]?){9}[\dX])(?![\d-])", re.IGNORECASE
    ),
    "issn": re.compile(r"ISSN[\s:：]{0,3}(\d{4}-?\d{3}[\dX])(?![\w-])", re.IGNORECASE),
}
_NUMBERS = {
    "pmid": re.compile(r"\bPMID\s?[:：]\s?([\w-]{1,30})", re.IGNORECASE),
    "pmcid": re.compile(r"\bPMCID\s?[:：]\s?([\w-]{1,30})", re.IGNORECASE),
    "nct": re.compile(r"(?<![A-Za-z])(NCT\s?\d{1,20})(?![\w])"),
}
_RIGHT = {
    "pmid": re.compile(r"[1-9]\d{0,7}(?:v\d)?", re.IGNORECASE),
    "pmcid": re.compile(r"(?:PMC)?[1-9]\d{2,7}", re.IGNORECASE),
    "nct": re.compile(r"NCT\s?\d{8}"),
}
_GLUED = re.compile(r"(?i)(?<=\d)(?:PMC?ID|doi|PMC).*")  # what follows without a space


def malformed(raw: str) -> Iterator[Contradiction]:
    """Yield the identifiers of a printed reference that are none.

    >>> [each.printed for each in malformed("Gut 2020;69:1-9. doi:10.1136gutjnl. PMID: 123456789012")]
    ['10.1136gutjnl', '123456789012']
    """
    for match in _DOI.finditer(raw):
        printed = match[1].rstrip(".)]}\"'")
        if _PLACEHOLDER.match(printed):
            yield Contradiction("doi", printed, "", "placeholder")
        elif _is_broken(printed, raw[match.start(1) :]):
            yield Contradiction("doi", printed, "", _REASON)
    for kind, pattern in _WITH_CHECK_DIGIT.items():
        for match in pattern.finditer(raw):
            if normalise(kind, match[1]) is None:
                yield Contradiction(kind, match[1], "", "wrong check digit")
    for kind, pattern in _NUMBERS.items():
        for match in pattern.finditer(raw):
            printed = _GLUED.sub("", match[1])
            if any(digit.isdigit() for digit in printed) and not _RIGHT[kind].fullmatch(printed):
                yield Contradiction(kind, printed, "", _REASON)


def _is_broken(printed: str, rest: str) -> bool:
    """Return whether what stands for a DOI begins like one and is none, also not with what follows it."""
    digits = sum(character.isdigit() for character in printed)
    return digits > 2 and re.match(r"[1lIO][0O]?[.,\d]", printed) is not None and normalise_doi(rest[:120]) is None
