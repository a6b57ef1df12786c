"""Training of the reference model: its data, styles and samples."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest

from archive.article import Reference
from archive.references import gazetteer
from archive.references.sequence_model import LABELS
from archive.references.tokens import tokenise
from tools.train_references import chinese, corpus, japanese, names, render
from tools.train_references.__main__ import main
from tools.train_references.augment import augmented, spaced
from tools.train_references.corpus import Sample
from tools.train_references.score import score

KNOWN = render.Record(
    names=(("Okafor", "NA"), ("van Lee", "K")),
    title="Sleep and exercise",
    container="Sleep Stud",
    year="2019",
    volume="12",
    issue="3",
    pages="45-51",
)


def write_corpora(folder: Path) -> None:
    """Three files of made-up references in the format of the corpora."""
    rng = random.Random(5)
    for number, name in enumerate(corpus.FILES):
        rows = [render.render(KNOWN, rng) for _ in range(12)]
        rows += [chinese.render(chinese.content(rng), rng) for _ in range(6)]
        source = ("anystyle/core", "anystyle/good", "grobid/citations.xml")[number]
        lines = [json.dumps({"source": source, "segments": row.segments, "fields": {}}) for row in rows]
        (folder / name).write_text("\n".join(lines), encoding="utf-8")


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write_corpora(tmp_path)
    for run in ("first", "second"):
        assert main([str(tmp_path), "--out", str(tmp_path / run)]) == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir()}
    assert set(made) == {"references.crfsuite", "journals.txt", "MODEL_CARD.md"}
    assert {path.name: path.read_bytes() for path in (tmp_path / "second").iterdir()} == made


def test_the_card_names_the_data_and_its_owners(tmp_path: Path) -> None:
    write_corpora(tmp_path)
    main([str(tmp_path), "--out", str(tmp_path)])
    card = (tmp_path / "MODEL_CARD.md").read_text("utf-8")
    assert all(name in card for name in (*corpus.FILES, "Sylvester Keil", "P. Lopez", "BSD-2-Clause", "CC BY 4.0"))
    assert len(re.findall(r"\b[0-9a-f]{64}\b", card)) == 4


def test_missing_corpora_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nowhere"), "--out", str(tmp_path)]) == 2
    assert "train-anystyle.jsonl" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("template", [template for _, template in render.STYLES])
def test_every_style_prints_its_fields(template: str) -> None:
    sample = render.render(KNOWN, random.Random(1), template)
    printed = {name for name, _ in sample.segments}
    wanted = {"T": "title", "J": "container", "V": "volume", "P": "pages", "A": "author"}
    assert {label for letter, label in wanted.items() if f"{{{letter}" in template} <= printed <= set(LABELS)


@pytest.mark.parametrize("template", [template for _, template in chinese.STYLES])
def test_every_chinese_style_prints_its_fields(template: str) -> None:
    rng = random.Random(1)
    said = chinese.content(rng)
    sample = chinese.render(said, rng, template)
    assert (said.title in sample.text) == ("{T}" in template)
    assert (said.names[0] in sample.text) == ("{A}" in template)
    assert {name for name, _ in sample.segments} <= set(LABELS)


def test_japanese_styles_print_names_title_and_what_is_left_out() -> None:
    rng = random.Random(1)
    made = [japanese.render(said, rng) for said in (japanese.content(rng) for _ in range(60))]
    assert all({"author", "title"} <= {name for name, _ in sample.segments} <= set(LABELS) for sample in made)
    assert {more for sample in made for name, more in sample.segments if name == "other"} & {"ほか. ", "他. ", "ら. "}


def test_a_sample_gives_the_record_it_was_made_from() -> None:
    alone = replace(KNOWN, names=KNOWN.names[:1])
    sample = render.render(alone, random.Random(2), "{A:apa} ({Y}). {T}. {J}, {V}({I}), {P}.")
    assert render.record(sample, random.Random(2)) == alone


def test_glued_fields_are_parted_too() -> None:
    glued = Sample((("container", "Sleep"), ("volume", "12"), ("other", ":"), ("pages", "4")), "test")
    made = {sample.text for seed in range(8) for sample in spaced([glued], random.Random(seed))}
    assert made == {"Sleep 12:4"}


def test_augmentation_depends_on_its_seed_alone() -> None:
    samples = [render.render(KNOWN, random.Random(seed)) for seed in range(20)]
    assert augmented(samples, ["Sleep Stud"], seed=1) == augmented(samples, ["Sleep Stud"], seed=1)
    assert augmented(samples, ["Sleep Stud"], seed=1) != augmented(samples, ["Sleep Stud"], seed=2)


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (
            [("author", "Okafor, N."), ("other", " "), ("date", "(2019)."), ("other", " "), ("title", "“Sleep.”")],
            {"author": "Okafor , N", "date": "2019", "title": "Sleep"},
        ),
        (
            [("container", "In Sleep Stud,"), ("other", " "), ("volume", "vol. 5(1):15–17,"), ("date", " 2019.")],
            {"container": "Sleep Stud", "volume": "5", "issue": "1", "pages": "15 – 17", "date": "2019"},
        ),
        ([("container", "Sleep Rev (Oslo)."), ("volume", " 2019;56(9):")], {"container": "Sleep Rev ( Oslo )"}),
        ([("volume", "20, no. 3"), ("pages", " pp. 4-5")], {"volume": "20", "issue": "3", "pages": "4 - 5"}),
    ],
)
def test_labels_cover_words_not_punctuation(segments: list[tuple[str, str]], expected: dict[str, str]) -> None:
    core, characters = corpus.labelled(Sample(tuple(segments), "test"))
    tokens = tokenise(core.text)
    words: dict[str, list[str]] = {}
    for token, label in zip(tokens, corpus.token_labels(tokens, characters), strict=True):
        words.setdefault(label, []).append(token.text)
    assert {label: " ".join(words[label]) for label in expected} == expected


def test_scores_count_what_is_missed_and_what_is_invented() -> None:
    sample = Sample(
        (("author", "Okafor N"), ("other", ". "), ("title", "Sleep"), ("other", "."), ("date", "2019")), "t"
    )
    perfect = score([sample], lambda _: Reference(authors=("Okafor N",), title="sleep!", year=2019))
    assert (perfect.micro, perfect.full) == (1.0, 1.0)
    missed = score([sample], lambda _: Reference(authors=("Okafor N",), title="Sleep", volume="3"))
    assert (round(missed.micro, 3), missed.full) == (0.667, 0.0)
    assert missed.fields["year"] == 0.0


def test_names_are_those_of_one_word_that_two_locales_have() -> None:
    locales = [["Zoë", "Anna Maria", "Bo", "Erik"], ["zoe", "Anna Maria", "Bo"], ["Erik", "Erik", "Uma"]]
    assert names.shared_names(locales) == ["erik", "zoe"]


def test_places_are_the_words_of_cities_and_seats_of_publishers() -> None:
    words = names.place_words(["São Paulo", "North Bay", "Ulm"])
    assert {"paulo", "basel"} <= set(words)
    assert not {"são", "sao", "north", "bay", "ulm"} & set(words)


def test_the_shipped_names_have_the_form_that_the_gazetteer_reads() -> None:
    listed: dict[str, list[str]] = {"given": [], "family": [], "place": []}
    for word, kinds in sorted(gazetteer.name_kinds().items()):
        for kind in kinds.split("+"):
            listed[kind].append(word)
    assert names.file_text(listed) == (gazetteer.DATA / "names.txt").read_text("utf-8")
