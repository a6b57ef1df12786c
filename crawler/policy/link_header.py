"""Links in HTTP headers (RFC 8288). Pure."""

import re
from collections.abc import Iterable

LONGEST = 10_000  # characters of a header that are read
_LINK = re.compile(r'<([^<>]*)>((?:[^<>",]|"[^"]*")*)')
_RELATIONS = re.compile(r';\s?rel\s?=\s?(?:"([^"]*)"|([^\s";,]+))', re.IGNORECASE)


def canonical_target(headers: Iterable[str]) -> str | None:
    """Return the target, as stated, of the first link with the relation canonical; None without one.

    `headers` are the values of the response's Link headers. A link with an anchor is about another resource.
    """
    for header in headers:
        for target, parameters in _LINK.findall(" ".join(header[:LONGEST].split())):
            relations = _RELATIONS.search(parameters)
            named = (relations[1] or relations[2] or "").lower().split() if relations else []
            if "canonical" in named and "anchor=" not in parameters.lower().replace(" ", ""):
                return str(target).strip()
    return None
