"""Measure what is read of evidence against labels: precision and recall by field, and sentences a second.

    python -m benchmarks.evidence [FOLDER]

FOLDER holds `linking/dev.jsonl` (id, title, text) and `extraction` with `pages.jsonl` and `html/`; without it
`../shared/corpora` is read. The labels (evidence_labels.toml) name texts by their ids. Rules were made on the open
halves; of the kept ones docs/literature.md says what was found when the rules first saw them.
"""

import gzip
import json
import math
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from archive.evidence import appraise
from archive.evidence.wording import NAMES
from archive.extraction import extract
from archive.page import Page
from archive.text.sentences import sentences

LABELS = Path(__file__).with_name("evidence_labels.toml")
SECOND_READING = Path(__file__).with_name("evidence_second_reading.toml")
CORPORA = Path("../shared/corpora")
NOTHING = ""  # in a list of right values: to answer nothing is right too
Text = tuple[str, str]  # title and text


def read_texts(folder: Path, wanted: set[str]) -> dict[str, Text]:
    """Return the wanted texts by id: news as they are, pages as they are extracted."""
    texts = {}
    for line in (folder / "linking" / "dev.jsonl").read_bytes().splitlines():
        row = json.loads(line)
        texts[row["id"]] = (row["title"], row["text"])
    for line in (folder / "extraction" / "pages.jsonl").read_bytes().splitlines():
        row = json.loads(line)
        if row["id"] in wanted:
            body = gzip.decompress((folder / "extraction" / "html" / f"{row['id']}.html.gz").read_bytes())
            article = extract(Page(url=row["url"], body=body))
            texts[row["id"]] = (article.title, article.text)
    return {name: texts[name] for name in wanted}


def outcomes(text: Text, label: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a field with right, wrong or missed for each answer and each missing one; unsure fields are left out."""
    for field in NAMES:
        if field in label.get("unsure", ()):
            continue
        found = [each.value for each in appraise(*text) if each.field == field]
        right = label.get(field, [])
        yield from ((field, "right" if value in right else "wrong") for value in found)
        if field == "subjects":
            yield from ((field, "missed") for value in right if value not in found)
        elif right and NOTHING not in right and not set(right) & set(found):
            yield field, "missed"


def measure(texts: dict[str, Text], labels: dict[str, dict[str, Any]]) -> dict[str, Counter[str]]:
    """Return the numbers of right, wrong and missed answers by field."""
    counts: dict[str, Counter[str]] = {field: Counter() for field in NAMES}
    for name, label in labels.items():
        for field, outcome in outcomes(texts[name], label):
            counts[field][outcome] += 1
    return counts


def agreement(
    first: dict[str, dict[str, Any]], second: dict[str, dict[str, Any]], field: str, *, unsure: bool
) -> tuple[int, int, float]:
    """Return how many texts are compared in a field, on how many two readers differ, and Cohen's kappa.

    Texts on which the first reader is unsure are left out but for `unsure`. Where a reader allows several values, a
    shared one agrees. Kappa is NaN where both readers always say the same thing.
    """
    pairs = []
    for name, label in second.items():
        if unsure or field not in first[name].get("unsure", ()):
            ours, theirs = first[name].get(field, [NOTHING]), label.get(field, [NOTHING])
            if field == "subjects":
                pairs.append((" ".join(sorted(ours)), " ".join(sorted(theirs))))
            else:
                shared = [value for value in ours if value in theirs]
                pairs.append((shared[0], shared[0]) if shared else (ours[0], theirs[0]))
    same = sum(one == other for one, other in pairs)
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(ones[value] * others[value] for value in ones) / len(pairs) ** 2
    kappa = (same / len(pairs) - by_chance) / (1 - by_chance) if by_chance < 1 else math.nan
    return len(pairs), len(pairs) - same, kappa


def speed(texts: dict[str, Text]) -> float:
    """Return how many sentences are read in a second of processor time."""
    number = sum(1 for title, text in texts.values() for part in (title, text) for _ in sentences(part))
    start = time.process_time()
    for text in texts.values():
        appraise(*text)
    return number / (time.process_time() - start)


def share(part: int, other: int) -> str:
    """Return a part of the sum as a share; a dash where there is nothing."""
    return f"{part / (part + other):.2f}" if part + other else "-"


def report(what: str, texts: dict[str, Text], labels: dict[str, dict[str, Any]]) -> None:
    """Print precision and recall by field."""
    print(f"{what}, {len(labels)} texts")
    for field, counts in measure(texts, labels).items():
        right, wrong, missed = (counts[outcome] for outcome in ("right", "wrong", "missed"))
        figures = f"precision {share(right, wrong):>4}  recall {share(right, missed):>4}"
        print(f"  {field:<21}{figures}  right {right:>3}  wrong {wrong:>2}  missed {missed:>2}")


def main(arguments: list[str]) -> int:
    """Print the figures; return the exit code."""
    folder = Path(arguments[0]) if arguments else CORPORA
    if not (folder / "linking" / "dev.jsonl").exists():
        print(f"Skipped: there are no labelled texts in {folder}.")
        return 0
    halves = tomllib.loads(LABELS.read_text(encoding="utf-8"))
    texts = read_texts(folder, {name for half in halves.values() for name in half})
    for half, labels in halves.items():
        report(f"{half.replace('_', ', ')} half", texts, labels)
    second = tomllib.loads(SECOND_READING.read_text(encoding="utf-8"))
    report("kept half, second reading", texts, {name: second[name] for name in halves["kept"] if name in second})
    print(f"two readings of {len(second)} texts")
    first = halves["open"] | halves["kept"]
    for field in NAMES:
        compared, different, kappa = agreement(first, second, field, unsure=False)
        every = agreement(first, second, field, unsure=True)
        print(f"  {field:<21}kappa {kappa:>5.2f}  different {different:>2} of {compared}", end="")
        print(f"  with unsure ones: kappa {every[2]:>5.2f}  different {every[1]:>2}")
    print(f"{speed(texts):,.0f} sentences a second")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
