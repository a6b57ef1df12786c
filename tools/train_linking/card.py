"""The model card."""

from collections.abc import Sequence

from archive.literature.linking.features import FEATURES
from archive.literature.linking.model import CERTAIN, DOUBT, LEAST
from tools.train_linking.score import Scores

_CARD = """\
# Model card: the paper behind a news text

Two logistic models with {order} and {doubt} features: the first orders candidate papers, the second tells the
probability that the first of them is the paper. Made by `python -m tools.train_linking`.

**Data.** {texts} English news texts of 2011 on {papers}, from the Cardiff set of press releases and news as prepared by
J. Wang and B. Yu (linking-health-news-to-pubmed), and 2,508 papers with title, authors and journal from their pool and
w3phi-2015. The model holds weights only, no text and no record. No licence is stated for the data.

**Scores**, shares of the texts over ten folds by paper, three draws of the folds. No text about a paper is in the part
that a model was fitted on. "Answered" is the most that can be answered with .99 of the answers right.

| draw | right first | among five | answered | from probability | .95 without paper below | first and above |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

**Limits used.** A paper is named from a probability of {certain}, candidates are shown from {least}.

**Not measured.** Texts in Chinese, records with dates or abstracts, indexes of other sizes. In a larger index more
papers resemble each other, and the probability of a right one is lower.
"""


def model_card(scores: Sequence[Scores]) -> str:
    """Return the card with the scores of several draws of the folds."""
    rows = [
        f"| {number} | {each.first:.3f} | {each.five:.3f} | {each.answered:.3f} | {each.certain:.2f} "
        f"| {each.least:.2f} | {each.first_above:.3f} |"
        for number, each in enumerate(scores, 1)
    ]
    return _CARD.format(
        order=len(FEATURES),
        doubt=len(DOUBT),
        texts=scores[0].texts,
        papers=f"{scores[0].papers} papers",
        rows="\n".join(rows),
        certain=f"{CERTAIN:.2f}",
        least=f"{LEAST:.2f}",
    )
