"""What a reader yields."""

from dataclasses import dataclass

from archive.literature.record import LiteratureRecord


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that cannot be used, with the reason in a few words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The PMID of a record that the database has taken back."""

    pmid: str


Read = LiteratureRecord | Skipped | Withdrawn
