"""Search results as lines, and a hit as JSON."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archive.console.lines import Line, Piece, line

if TYPE_CHECKING:
    from archive.retrieval.advice import Offer
    from archive.retrieval.engine import Results
    from archive.retrieval.hits import Hit
    from archive.retrieval.snippets import Segment

INDENT = " " * 6


def hit_object(hit: "Hit") -> dict[str, Any]:
    """Return a hit as an object for `search --json`; <b> and </b> enclose the hits in the snippet."""
    fields = asdict(hit)
    del fields["segments"], fields["title_segments"]  # the same as the snippet and the title
    return fields


def hit_lines(
    results: "Results", offset: int = 0, offers: "Sequence[Offer]" = (), *, program: str = "healthnews"
) -> list[Line]:
    """Return for each hit its title, facts and snippet, and below them the number of hits, the note and the offers.

    program: what the commands that are offered begin with.
    """
    lines: list[Line] = []
    for hit in results.hits:
        copies = f"  +{hit.copies} {'copy' if hit.copies == 1 else 'copies'}" if hit.copies else ""
        title = _marked(hit.title_segments, "bold ")
        lines.append(line(Piece(f"{hit.id:>4}  ", "dim"), *title, Piece(copies, "cyan"), rest=INDENT))
        references = f"{hit.references} reference{'s' if hit.references > 1 else ''}" if hit.references else None
        gone = f"gone since {hit.gone_since[:10]}" if hit.gone_since else None
        facts = [hit.published or "undated", hit.source or hit.site, hit.language, references, gone, hit.archive]
        url = Piece(hit.url, url=hit.url)
        lines.append(line("  ".join(filter(None, facts)), "  ", url, style="dim", first=INDENT, rest=INDENT))
        if hit.revision:
            lines.append(line(revision_text(hit, program), style="yellow", first=INDENT, rest=INDENT))
        lines += [line(*_marked(hit.segments), first=INDENT, rest=INDENT), line()]
    lines.append(line(position_text(results, offset), style="dim"))
    if results.note:
        lines.append(line(results.note, style="yellow"))
    for offer in offers:
        found = f"{offer.total:,} article{'' if offer.total == 1 else 's'} {offer.change}:"
        lines.append(line(found, " ", Piece(command(offer, program), "bold"), first="  ", rest=INDENT))
    return lines


def command(offer: "Offer", program: str) -> str:
    """Return the command of an offered search."""
    words = ["search", *([offer.query] if offer.query else [])]
    for name, value in offer.filters.items():
        if name == "references" and isinstance(value, bool):
            words.append("--references" if value else "--no-references")
        else:
            words += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    return f"{program} {shlex.join([*words, *(['--revisions'] if offer.past_revisions else [])])}"


def revision_text(hit: "Hit", program: str) -> str:
    """Return which past revision matches, when it was current, and the command that shows it."""
    seen, until = (hit.seen_at or "")[:10], (hit.until or "")[:10]
    return f"revision {hit.revision}, from {seen} until {until} ({program} show {hit.id} --revision {hit.revision})"


def position_text(results: "Results", offset: int) -> str:
    """Return which hits these are, of how many."""
    shown = len(results.hits)
    if not shown and offset:
        return f"no more hits: {total_text(results)} in all"
    of = f"{shown} of " if not offset else f"{offset + 1} to {offset + shown} of "
    end = offset + shown
    if end >= results.total and not results.more:
        return (of if offset else "") + total_text(results)
    return f"{of}{total_text(results)}; for the next: --offset {end}"


def total_text(results: "Results") -> str:
    """Return the number of articles, as far as they were counted."""
    if results.more:
        return f"more than {results.total:,} articles"
    return f"{results.total:,} article{'' if results.total == 1 else 's'}"


def _marked(segments: "Iterable[Segment]", style: str = "") -> Iterator[Piece]:
    for piece, is_hit in segments:
        yield Piece(" ".join(piece.splitlines()), style + ("bold yellow" if is_hit else ""))
