"""What a check of a printed reference says."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["agrees", "contradicts", "not found", "not checkable"]
METHOD = "reference-check 1"  # counted up when the rules change


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A field of a reference that cannot be right, or that the record of the work has otherwise.

    `printed` is what the page prints, `known` what it is compared with, `reason` a short fixed phrase.
    """

    field: str
    printed: str
    known: str
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict on one reference.

    `source` names the index that was asked, "" for what the page alone tells, and `as_of` is the day on which the
    index was last added to. `record` names the record compared with, as `pmid:…`, `doi:…` or its title. `method` is the
    name and version of the rules.
    """

    verdict: Verdict
    contradictions: tuple[Contradiction, ...] = ()
    source: str = ""
    as_of: str = ""
    record: str = ""
    method: str = METHOD
