"""The model card: what the model learned from, by whose leave, and how good it is."""

import hashlib
from collections.abc import Mapping

from tools.train_references.score import FIELDS, Score

GAZETTEER_HEADER = (
    "# Journals, one a line, words in lower case without punctuation. Made by tools.train_references from its\n"
    "# hand-made list and from the journals named in the AnyStyle core, gold and good sets (BSD-2-Clause, (c)\n"
    "# Sylvester Keil and contributors) and the GROBID citation corpus (CC BY 4.0, (c) P. Lopez and contributors).\n"
)

_TEXT = """# Model card: references.crfsuite

A linear-chain conditional random field (CRFsuite) that labels the tokens of one printed reference as author, title,
container, date, volume, issue, pages, publisher, location, editor or other. It ships with `journals.txt` and
`names.txt`, the gazetteers of journals and of people's and places' names that some of its features ask.

## Data and attribution

| data | licence |
| --- | --- |
| AnyStyle parser sets core, gold and good | BSD-2-Clause, © Sylvester Keil and contributors |
| GROBID citation corpus | CC BY 4.0, © P. Lopez and contributors; changed: part of it printed in other styles |
| Chinese and Japanese references, and the journals that AnyStyle's sets do not name | made up for this model |
| names.txt: names from Faker, cities from GeoNames | MIT, © Daniele Faraglia and contributors; CC BY 4.0 |

It learned from {learned:,} references: {read:,} of the corpora, the rest of them printed again in the styles of health
pages (PubMed, AMA, Springer, APA, MLA, GB/T 7714, journal first, title first, without title, author-date, as web pages)
or made up in Chinese and Japanese. References of AnyStyle's core and gold sets and of East Asian journals count twice.

| file | sha256 |
| --- | --- |
{hashes}
| references.crfsuite ({size:,} bytes) | {model} |

## Scores

On references held out of a training with the same settings (the shipped model then learned from these too). F1 of
each field; `full` is the share of references with every field right and none invented. Case, accents and punctuation
do not count. Part of what is missed is inconsistent annotation.

| held out | n | micro | full | {fields} |
| --- | --- | --- | --- | {rule} |
{scores}

Others on strings of this kind: AnyStyle reaches an F1 of 0.79 over these fields, and 0.30 of references with every
field right, on 97 references of health pages (regular expressions alone 0.89 and 0.53). GROBID was not run on them; its
citation corpus is held out here in the third row.

## Confidence

`Reference.confidence` is the marginal probability of a field's least certain token. On the held-out references, of
the fields found with a confidence of

| confidence | fields | right |
| --- | --- | --- |
{trust}

## Again

    python -m tools.train_references [FOLDER OF THE CORPORA]

Training is deterministic: the same files give the same bytes. `names.txt` is made before it, from the packages that
`make install` installs, by `python -m tools.train_references.names`.
"""


def model_card(model: bytes, hashes: Mapping[str, str], learned: int, read: int, scores: Mapping[str, Score]) -> str:
    """The card as Markdown. `learned` counts all references, `read` those of the corpora among them."""
    return _TEXT.format(
        learned=learned,
        read=read,
        hashes="\n".join(f"| {name} | {digest} |" for name, digest in hashes.items()),
        size=len(model),
        model=hashlib.sha256(model).hexdigest(),
        fields=" | ".join(FIELDS),
        rule=" | ".join("---" for _ in FIELDS),
        scores="\n".join(_row(name, each) for name, each in scores.items()),
        trust="\n".join(_trust(scores)),
    )


def _row(name: str, each: Score) -> str:
    figures = [each.micro, each.full, *(each.fields[field] for field in FIELDS)]
    return f"| {name} | {each.count} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |"


def _trust(scores: Mapping[str, Score]) -> list[str]:
    rows: list[str] = []
    for tenth in range(10):
        held, right = (sum(each.trust.get(tenth, (0, 0))[side] for each in scores.values()) for side in (0, 1))
        if held:
            rows.append(f"| {tenth / 10:.1f} to {(tenth + 1) / 10:.1f} | {held} | {right / held:.0%} |")
    return rows
