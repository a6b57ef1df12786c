"""Pages of a list."""

from dataclasses import dataclass

MAX_PAGE = 10_000  # SQLite reads all rows that it skips


@dataclass(frozen=True, slots=True)
class Paging:
    """A page of a list: its number from 1, its size, and the total number of items."""

    number: int
    size: int
    total: int

    @property
    def offset(self) -> int:
        """The number of items on the pages before."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page, 1 if there are no items."""
        return max(1, -(-self.total // self.size))

    def as_object(self) -> dict[str, int]:
        """Return the page, its size and the total for JSON."""
        return {"page": self.number, "size": self.size, "total": self.total}


def page_number(text: str | None) -> int:
    """Parse the number of a page; return 1 if it is missing or invalid."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > len(str(MAX_PAGE)):
        return 1
    return min(max(1, int(text)), MAX_PAGE)
