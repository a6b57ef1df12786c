"""Measure the linking on texts whose papers the model was not fitted on."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.literature.linking.model import ordered, probabilities
from tools.train_linking.corpus import Example
from tools.train_linking.fit import held_out


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares of the texts, of which `texts` is the number, about `papers` papers.

    `first` and `five`: the right paper is first, or among the first five. `answered`: the most that are answered with
    at least .99 of the answers right, which `certain` (a probability) gives. `least` is the probability that .95 of the
    texts without their paper stay below, `first_above` the share whose right paper is first and above it.
    """

    texts: int
    papers: int
    first: float
    five: float
    answered: float
    certain: float
    least: float
    first_above: float


def score(examples: Sequence[Example], seed: int = 0) -> Scores:
    """Return the scores over folds by paper."""
    rights, chances, absent, five = [], [], [], 0
    for example, model in held_out(examples, seed):
        news, candidates, pmid = example.news, example.candidates, example.pmid
        scored = ordered(candidates, model)
        names = [each.record.pmid for _, each in scored]
        rights.append(bool(names) and names[0] == pmid)
        five += pmid in names[:5]
        chances.append((probabilities(news, scored, model) or [0.0])[0])
        without = ordered([each for each in candidates if each.record.pmid != pmid], model)
        absent.append((probabilities(news, without, model) or [0.0])[0])
    texts = len(rights)
    certain, answered = 1.0, 0
    right = 0
    for number, (chance, is_right) in enumerate(sorted(zip(chances, rights, strict=True), reverse=True), 1):
        right += is_right
        if right / number >= 0.99:
            certain, answered = chance, number
    least = sorted(absent)[int(0.95 * texts)]
    above = sum(is_right and chance > least for chance, is_right in zip(chances, rights, strict=True))
    papers = len({example.pmid for example in examples})
    return Scores(texts, papers, sum(rights) / texts, five / texts, answered / texts, certain, least, above / texts)
