"""Train a model on examples, and part the examples into folds."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.extraction.judge.decision import CONTENT, OTHER
from tools.train_content.corpus import Example

FOLDS = 3
# A feature that fewer sites have says something about a site, not about pages. Swept 6, 8, 10, 15.
LEAST_SITES = 8
# Swept c1 .4, 1, 3 and c2 .05, .2, .5, 1: weaker regularisation trusts rare class names.
PARAMETERS: dict[str, float] = {"c1": 1.0, "c2": 0.2, "max_iterations": 120, "feature.possible_transitions": 1}


def fold_of(site: str) -> int:
    """Return the fold of a site, the same in every run."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


def train(examples: Sequence[Example], path: Path) -> int:
    """Write a model to `path` and return its number of features. The same examples give the same bytes."""
    import pycrfsuite

    sites: defaultdict[str, set[str]] = defaultdict(set)
    for example in examples:
        for feature in {feature for row in example.features for feature in row}:
            sites[feature].add(example.site)
    known = {feature for feature, having in sites.items() if len(having) >= LEAST_SITES}
    trainer: Any = pycrfsuite.Trainer(verbose=False)
    for example in examples:
        rows = [[feature for feature in row if feature in known] for row in example.features]
        trainer.append(rows, [CONTENT if label else OTHER for label in example.content])
    trainer.set_params(PARAMETERS)
    trainer.train(str(path))
    return len(known)
