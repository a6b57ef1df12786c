"""Fit the two logistic models: the order of the candidates, and the certainty of the first."""

import random
from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from archive.literature.linking.model import Linear, Model, doubt_features, ordered
from tools.train_linking.corpus import Example

FOLDS = 10
DRAWS = (0, 50)  # of the folds on which the certainty is fitted, beside the seed
WITHOUT = 3  # lists without the paper, each without the best candidate of the one before
# Inverse strengths of regularisation, of the order and of the certainty.
ORDER, CERTAINTY = 3.0, 0.03
_ORDER_ONLY = Linear((0.0,))


def fit(examples: Sequence[Example], seed: int = 0) -> Model:
    """Return the model of some examples.

    The certainty is fitted on orders of texts whose papers the order was not fitted on, with their paper and without.
    """
    rows, labels = [], []
    for draw in DRAWS:
        for fold in folds(examples, seed + draw):
            order = fit_order([example for example in examples if example.pmid not in fold])
            for example in examples:
                if example.pmid in fold:
                    for features, right in doubts(example, Model(order, _ORDER_ONLY)):
                        rows.append(features)
                        labels.append(right)
    return Model(fit_order(examples), _logistic(np.array(rows), np.array(labels), CERTAINTY))


def folds(examples: Sequence[Example], seed: int) -> list[set[str]]:
    """Return the papers parted into folds, so that texts about one paper are never in two."""
    papers = sorted({example.pmid for example in examples})
    random.Random(seed).shuffle(papers)  # noqa: S311 - no secret
    return [set(papers[at::FOLDS]) for at in range(FOLDS)]


def fit_order(examples: Sequence[Example]) -> Linear:
    """Return the function that puts the right paper first: a logistic regression on differences to the others."""
    differences, weights = [], []
    for example in examples:
        right = [each for each in example.candidates if each.record.pmid == example.pmid]
        others = [each for each in example.candidates if each.record.pmid != example.pmid]
        for other in others if right else ():
            differences.append(np.array(right[0].values) - np.array(other.values))
            weights.append(1 / len(others))
    rows = np.array(differences)
    scale = rows.std(axis=0) + 1e-6
    both = np.concatenate([rows, -rows]) / scale
    labels = np.repeat([1, 0], len(rows))
    model = LogisticRegression(C=ORDER, fit_intercept=False, max_iter=5_000)
    model.fit(both, labels, sample_weight=np.tile(weights, 2))
    return Linear(tuple(float(weight) for weight in model.coef_[0] / scale))


def doubts(example: Example, model: Model) -> list[tuple[list[float], bool]]:
    """Return the features of the best candidate and whether it is right: with the paper in the index, and without.

    Without it the best candidates are left out one after the other, so that more wrong ones are seen.
    """
    scored = ordered(example.candidates, model)
    without = [pair for pair in scored if pair[1].record.pmid != example.pmid]
    lists = [scored, *(without[at:] for at in range(WITHOUT))]
    return [(doubt_features(example.news, some), some[0][1].record.pmid == example.pmid) for some in lists if some]


def _logistic(rows: np.ndarray, labels: np.ndarray, strength: float) -> Linear:
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    model = LogisticRegression(C=strength, max_iter=5_000)
    model.fit((rows - mean) / scale, labels)
    weights = model.coef_[0] / scale
    return Linear(tuple(map(float, weights)), float(model.intercept_[0] - weights @ mean))


def held_out(examples: Sequence[Example], seed: int = 0) -> Iterator[tuple[Example, Model]]:
    """Yield each text with a model that was fitted without the texts about its paper."""
    for fold in folds(examples, seed + 1):
        model = fit([example for example in examples if example.pmid not in fold], seed)
        yield from ((example, model) for example in examples if example.pmid in fold)
