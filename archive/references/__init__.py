"""Find references on a page, parse and identify them, and bind in-text markers to them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.references.parser import parse_reference

__all__ = ["parse_reference"]


def __getattr__(name: str) -> Any:
    """Load `parse_reference` at first use: a search needs the identifiers of this package, not its model."""
    if name == "parse_reference":
        from archive.references.parser import parse_reference

        return parse_reference
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
