"""Made-up Japanese references, in the styles of Japanese health pages and journals."""

import random

from tools.train_references import chinese
from tools.train_references.chinese import Content
from tools.train_references.corpus import Sample
from tools.train_references.words import WORDS


def content(rng: random.Random) -> Content:
    """Names, a title, and a journal."""
    space = rng.choice(["", "", "", " "])
    names = tuple(
        rng.choice(WORDS["japanese_surnames"]) + space + rng.choice(WORDS["japanese_given"])
        for _ in range(rng.choice([1, 1, 2, 2, 3, 4, 6]))
    )
    title = rng.choice(WORDS["japanese_subjects"]) + rng.choice(WORDS["japanese_predicates"])
    return Content(names, False, title, rng.choice(WORDS["japanese_journals"]))


# As in `chinese.STYLES`; {E} is ほか, 他 or ら, which stand for the names left out.
STYLES: tuple[tuple[int, str], ...] = (
    (4, "{L}{A}{E}. {T}. {J} {Y}; {V}<({I})>: {P}."),
    (2, "{L}{A}{E}. {T}. {J}. {Y};{V}<({I})>:{P}."),
    (4, "{L}{A}{E}: {T}. {J} {V}<({I})>:{P}, {Y}"),
    (3, "{L}{A}{E}：{T}．{J} {V}：{P}，{Y}．"),
    (3, "{L}{A}{E}：{T}．{J} {V}:{P}, {Y}"),
    (2, "{L}{A}{E}: {T}, {J}, {V}<({I})>, {P}, {Y}."),
    (2, "{L}{A}{E}「{T}」『{J}』{V}巻{I}号、{P}頁、{Y}年"),
    (1, "{L}{A}{E}「{T}」{J} {V}<({I})>, {P}, {Y}"),
    (2, "{L}{A}{E} ({Y}). {T}. {J}, {V}<({I})>, {P}."),
    (2, "{L}{A}{E}（{Y}）{T}．{J}，{V}<({I})>，{P}．"),
    (1, "{L}{A}{E}, {T}, {J}, {V}巻, {I}号, pp.{P}, {Y}."),
    (1, "{L}{A}{E}：{T}，{U}，{Y}．"),
    (1, "{L}{A}『{T}』{U}、{Y}年"),
    (1, "{L}{A}（{Y}）『{T}』{U}"),
)


def render(said: Content, rng: random.Random) -> Sample:
    """The content in one of the STYLES."""
    template = rng.choices([text for _, text in STYLES], [weight for weight, _ in STYLES])[0]
    more = (
        rng.choice(["ほか", "ほか", "他", "ら", ", 他", ", ほか", "，他", " 他", " et al"])
        if rng.random() < 0.45
        else ""
    )
    sample = chinese.render(
        said, rng, template.replace("{E}", more).replace("{U}", rng.choice(WORDS["japanese_presses"]))
    )
    return Sample(sample.segments, "japanese")
