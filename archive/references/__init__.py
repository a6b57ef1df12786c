"""References: found on a page, split, parsed, identified, and bound to the markers that name them."""

from archive.references.parse import parse_reference

__all__ = ["parse_reference"]
