"""What the corpora lack: the styles of health pages, in known words and in made-up Chinese and Japanese ones."""

import random
from collections.abc import Sequence
from dataclasses import replace

from tools.train_references import chinese, japanese, render
from tools.train_references.corpus import Sample

SEED = 20260101
RENDERED, CHINESE, JAPANESE, TRANSPLANTED = 0.36, 0.17, 0.04, 0.03  # new samples for each one read
_LISTED_JOURNAL = 0.4  # of the rendered references change their journal for one of the hand-made list


def augmented(samples: Sequence[Sample], listed: Sequence[str], seed: int = SEED) -> list[Sample]:
    """New samples made of the given ones; the same seed and samples give the same."""
    rng = random.Random(seed)  # noqa: S311 (no secret hangs on it)
    return [
        *spaced(samples, rng),
        *_rendered(samples, listed, rng),
        *(chinese.render(chinese.content(rng), rng) for _ in range(round(CHINESE * len(samples)))),
        *(japanese.render(japanese.content(rng), rng) for _ in range(round(JAPANESE * len(samples)))),
        *_transplanted(samples, rng),
    ]


def spaced(samples: Sequence[Sample], rng: random.Random) -> list[Sample]:
    """Samples whose fields are glued (`Science270:985`), with the space that most printings have between them."""
    loose: list[Sample] = []
    for sample in samples:
        segments = list(sample.segments)
        glued = [
            i
            for i in range(1, len(segments))
            if "other" not in (segments[i - 1][0], segments[i][0])
            and segments[i - 1][1][-1].isalnum()
            and segments[i][1][0].isalnum()
        ]
        if not glued or rng.random() < 0.4:
            continue
        for i in reversed(glued):
            segments.insert(i, ("other", " "))
        loose.append(replace(sample, segments=tuple(segments), source="spaced"))
    return loose


def _rendered(samples: Sequence[Sample], listed: Sequence[str], rng: random.Random) -> list[Sample]:
    records = [known for sample in samples if (known := render.record(sample, rng))]
    latin = [name for name in listed if name.isascii()]
    made: list[Sample] = []
    while records and len(made) < RENDERED * len(samples):
        known = rng.choice(records)
        if latin and rng.random() < _LISTED_JOURNAL:
            known = replace(known, container=rng.choice(latin))
        made.append(render.render(render.varied(known, rng), rng))
    return made


def _transplanted(samples: Sequence[Sample], rng: random.Random) -> list[Sample]:
    layouts = [sample for sample in samples if chinese.transplanted(sample, rng)]
    made: list[Sample] = []
    while layouts and len(made) < TRANSPLANTED * len(samples):
        if sample := chinese.transplanted(rng.choice(layouts), rng):
            made.append(sample)
    return made
