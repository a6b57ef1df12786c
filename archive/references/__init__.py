"""References: found on a page, split, parsed, identified, and bound to the markers that name them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.references.parser import parse_reference

__all__ = ["parse_reference"]


def __getattr__(name: str) -> Any:
    """`parse_reference`, loaded when it is asked for: a search needs the package's identifiers, not its model."""
    if name == "parse_reference":
        from archive.references.parser import parse_reference

        return parse_reference
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
