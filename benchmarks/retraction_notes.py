"""`python -m benchmarks.retraction_notes`: whether pages say that a work was retracted, on notes and on histories.

The notes are 60 written ones in four languages (retraction_notes.toml). A history is a page in several revisions, drawn
from sentences of the notes: one of them may say so from some revision on, others only look like it.
"""

import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from archive.article import Article, Citation, Reference
from archive.references import parse_reference
from archive.works.retraction_notes import find_note
from archive.works.retraction_pages import first_note

NOTES = Path(__file__).with_name("retraction_notes.toml")
PRECISION = 0.98
SEED = 20
_MARKER = re.compile(r"\[(\d)\]")


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """A text with references, and what it says of the first of them: retracted, concern or "" for nothing."""

    language: str
    says: str
    text: str
    references: tuple[Reference, ...]

    def article(self, text: str | None = None) -> Article:
        """Return an article with the text, or another one, its markers bound to the references."""
        shown = self.text if text is None else text
        citations = tuple(
            Citation(marker=each[0], start=each.start(), end=each.end(), references=(int(each[1]) - 1,))
            for each in _MARKER.finditer(shown)
        )
        return Article(
            url="https://example.org/", title="", text=shown, references=self.references, citations=citations,
            language=self.language,
        )  # fmt: skip


def written_notes() -> Iterator[WrittenNote]:
    """Yield the notes of the file."""
    stated = tomllib.loads(NOTES.read_text(encoding="utf-8"))
    for language, rows in stated["notes"].items():
        references = tuple(map(parse_reference, stated["references"][language]))
        for says, text in rows:
            yield WrittenNote(language, says, text, references)


def history(notes: Sequence[WrittenNote], draw: random.Random) -> tuple[list[tuple[int, str, Article]], int | None]:
    """Return the revisions of a page and the number of the first that says so, None where none does.

    Its paragraphs come one after the other: texts that only look like it, and in half of the histories one that says
    so, which is taken back in a tenth of them.
    """
    one = draw.choice(notes)
    same = [each for each in notes if each.language == one.language]
    lookalikes = [each.text for each in same if not each.says]
    saying = [each.text for each in same if each.says]
    paragraphs = [draw.choice(lookalikes)]
    note = draw.choice(saying)
    length = draw.randint(2, 7)
    said = draw.randint(1, length) if draw.random() < 0.5 else None
    revisions = []
    for number in range(1, length + 1):
        if number == said:
            paragraphs.insert(draw.randint(0, len(paragraphs)), note)
        elif draw.random() < 0.6:
            paragraphs.append(draw.choice(lookalikes))
        revisions.append((number, f"2020-01-{number:02}T00:00:00.000000Z", one.article("\n\n".join(paragraphs))))
    if said and said < length and draw.random() < 0.1:
        without = one.article("\n\n".join(each for each in paragraphs if each != note))
        revisions.append((length + 1, "2020-02-01T00:00:00.000000Z", without))
        said = None
    return revisions, said


@click.command()
@click.option("--histories", type=int, default=1_000, show_default=True)
def main(histories: int) -> None:
    """Measure the notes and simulated histories; exit 1 where precision is below .98."""
    console = Console()
    notes = list(written_notes())
    table = Table("language", "notes", "right", "wrongly said", "missed", box=None)
    wrong: Counter[str] = Counter()
    found_all = 0
    for language in dict.fromkeys(each.language for each in notes):
        own = [each for each in notes if each.language == language]
        said = [(each, note.says if (note := find_note(each.article(), [0])) else "") for each in own]
        claimed = sum(bool(says) and says != each.says for each, says in said)
        missed = sum(bool(each.says) and not says for each, says in said)
        wrong.update(claimed=claimed)
        found_all += sum(bool(says) for _, says in said)
        table.add_row(language, str(len(own)), str(sum(s == e.says for e, s in said)), str(claimed), str(missed))
    console.print(table)
    precision = 1 - wrong["claimed"] / max(1, found_all)
    draw = random.Random(SEED)  # noqa: S311 - not for secrets
    counts: Counter[str] = Counter()
    for _ in range(histories):
        revisions, said_at = history(notes, draw)
        found = first_note(revisions, [revisions[0][2].references[0]], alone=True)
        number = found.number if found else None
        counts["found" if number == said_at else "wrong" if number else "missed"] += bool(number or said_at)
    claimed = counts["found"] + counts["wrong"]
    of_histories = counts["found"] / max(1, claimed)
    console.print(f"notes: precision {precision:.4f} (target {PRECISION})")
    console.print(
        f"{histories} histories: precision {of_histories:.4f} (target {PRECISION}), "
        f"recall {counts['found'] / max(1, counts.total()):.4f}"
    )
    raise SystemExit(int(min(precision, of_histories) < PRECISION))


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.retraction_notes")
