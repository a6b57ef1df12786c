"""The model card: what the model learned from, with which licences, and what it changes."""

import hashlib
from collections.abc import Sequence

from archive.extraction.judge.decision import BIAS, IN_DOUBT
from tools.train_content.corpus import Example
from tools.train_content.score import Scores

_TEXT = """# Model card: content.crfsuite

A linear-chain conditional random field (CRFsuite) that gives each line of a page the probability that it is content.
`archive.extraction.judge` uses it where the extracted text has less than {doubt} of the page's prose and differs from
Resiliparse's: of the extracted text, Resiliparse's, both together and what is in both, it takes the one with the
greatest expected F1. The extracted text is given up only for one that is expected to be {bias} better.

## Data and attribution

| data | licence |
| --- | --- |
| article-extraction-benchmark, © Zyte (Scrapinghub) and contributors | MIT |
| magic-html benchmark, © its contributors | Apache-2.0 |
| WCXB, web content extraction benchmark, © its contributors | CC BY 4.0 |
| fundus' test pages, © Max Dallabetta and contributors | MIT |
| pages of GeneralNewsExtractor's tests, labelled by hand | labels made for this project |

A part of each. The pages are their publishers'; the model holds words of class names and of labels (Share, Related,
点击) that at least several sites use, and no text of a page.

It learned from {lines:,} lines of {pages:,} pages; {features:,} features.

| file | sha256 |
| --- | --- |
| labels and pages | {corpus} |
| content.crfsuite ({size:,} bytes) | {model} |

## Scores

F1 of the text (overlap of 4-grams of tokens) before and after the judgement. Each page is judged by a model that saw no
page of its site. The rules were made on these pages, so on other pages the text before the judgement is worse and the
judgement changes more.

| pages | n | before | after | changed |
| --- | --- | --- | --- | --- |
{scores}

## Again

    python -m tools.train_content [FOLDER OF THE LABELLED PAGES]

Training is deterministic: the same pages give the same bytes.

"""


def model_card(model: bytes, features: int, examples: Sequence[Example], corpus: str, scores: Scores) -> str:
    """Return the card as Markdown; `corpus` is the hash of the labelled pages."""
    return _TEXT.format(
        doubt=IN_DOUBT,
        bias=BIAS,
        lines=sum(len(example.content) for example in examples),
        pages=len(examples),
        features=features,
        corpus=corpus,
        size=len(model),
        model=hashlib.sha256(model).hexdigest(),
        scores="\n".join(
            f"| {group} | {count} | {before:.4f} | {after:.4f} | {changed} |"
            for group, count, before, after, changed in scores.rows()
        ),
    )
