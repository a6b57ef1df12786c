"""Candidate papers for a terminal."""

from collections.abc import Sequence

from archive.console.terminal_text import plain
from archive.literature import Candidate

AROUND = 30  # characters of the text around a passage


def candidates_text(candidates: Sequence[Candidate], title: str, text: str) -> str:
    """Return candidate papers, best first, with the passages of the article that speak for each."""
    return "\n\n".join(_candidate(each, title, text) for each in candidates)


def _candidate(candidate: Candidate, title: str, text: str) -> str:
    record = candidate.record
    authors = ", ".join(record.authors[:3]) + (" et al" if len(record.authors) > 3 else "")
    ids = "  ".join(f"{name} {value}" for name, value in (("DOI", record.doi), ("PMID", record.pmid)) if value)
    said = "this paper" if candidate.is_answer else "perhaps"
    lines = [
        f"{candidate.probability:.0%}  {said}: {record.title}",
        f"     {'. '.join(part for part in (authors, record.journal, record.published) if part)}  {ids}",
    ]
    for each in candidate.evidence:
        source = title if each.part == "title" else text
        before, after = source[max(0, each.start - AROUND) : each.start], source[each.end : each.end + AROUND]
        passage = " ".join(f"{before}[{source[each.start : each.end]}]{after}".split())
        lines.append(f"     {each.kind}: …{passage}…")
    return plain("\n".join(lines))
