"""The verdict on a reference as sentences, for the terminal, the web interface and exports."""

from archive.literature.checking.verdicts import Check, Contradiction
from archive.text.messages import message

_IDENTIFIERS = frozenset({"doi", "pmid", "pmcid", "isbn", "issn", "nct"})
_FIELDS = {
    "year": message("year"), "volume": message("volume"), "pages": message("pages"), "title": message("title"),
    "authors": message("authors"), "journal": message("journal"),
}  # fmt: skip


def sentence(check: Check) -> str:
    """Return the verdict with all contradictions, such as `Contradicts: volume 53 is not of that year (51).`

    "" where there is nothing to say: the page alone says nothing of a reference that may be right.
    """
    match check.verdict:
        case "contradicts":
            return message("Contradicts: %(what)s.", what=_listed(check.contradictions))
        case "not found":
            return message(
                "Not found in %(index)s as of %(day)s, which says nothing against it.",
                index=check.source,
                day=check.as_of or message("an unknown day"),
            )
        case "agrees":
            return message("Agrees with %(record)s in %(index)s.", record=check.record, index=check.source)
    return ""


def contradiction(found: Contradiction) -> str:
    """Return one contradiction with both values."""
    name = found.field.upper() if found.field in _IDENTIFIERS else _FIELDS[found.field]
    values = {"field": name, "printed": found.printed, "known": found.known}
    match found.reason:
        case "after the page":
            return message("%(field)s %(printed)s is after the page (%(known)s)", **values)
        case "given after the page":
            return message("%(field)s %(printed)s was given after the page (%(known)s)", **values)
        case "of another time":
            return message("%(field)s %(printed)s is of another time (given about %(known)s)", **values)
        case "of another journal":
            return message("%(field)s %(printed)s is of another journal (%(known)s)", **values)
        case "not of that year":
            return message("%(field)s %(printed)s is not of that year (%(known)s)", **values)
        case "two identifiers of different works":
            return message("%(field)s %(printed)s and %(known)s are of different works", **values)
        case "of another work":
            return message("%(field)s %(printed)s is of another work: %(known)s", **values)
        case "differs from the record":
            return message("%(field)s is printed as %(printed)s, the record has %(known)s", **values)
    return message("%(field)s %(printed)s cannot be one", **values)


def _listed(contradictions: tuple[Contradiction, ...]) -> str:
    first, *others = map(contradiction, contradictions)
    for each in others:
        first = message("%(first)s; %(other)s", first=first, other=each)
    return first
