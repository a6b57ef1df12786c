"""Turning pages of a list."""

from dataclasses import dataclass

DEEPEST = 10_000  # pages: SQLite reads all that it skips


@dataclass(frozen=True, slots=True)
class Paging:
    """The page of a list that is shown, counted from 1, with `size` of the `total` items on it."""

    number: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """How many items stand on the pages before."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page, 1 if there is nothing."""
        return max(1, -(-self.total // self.size))

    def as_object(self) -> dict[str, int]:
        """For JSON."""
        return {"page": self.number, "size": self.size, "total": self.total}


def page_number(text: str | None) -> int:
    """The page that an address asks for; the first one when it asks for none, or for something else."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > len(str(DEEPEST)):
        return 1
    return min(max(1, int(text)), DEEPEST)
