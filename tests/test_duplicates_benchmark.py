"""The labelled pairs of the duplicates benchmark, its figures, and its command."""

import json
from pathlib import Path
from random import Random

import click
import pytest
from click.testing import CliRunner

from archive.duplicates.similarity import RULE, resemblance
from archive.duplicates.similarity import prepare as reading
from archive.text.shingles import units
from benchmarks import duplicates, duplicates_archive, duplicates_cost, duplicates_figures, duplicates_pairs
from benchmarks.duplicates_negatives import NEGATIVES
from benchmarks.duplicates_variants import VARIANTS, Variant, is_unspaced, lead, refigured, rescripted
from tests.texts import prose


def page(seed: int, *, chinese: bool) -> str:
    return "\n\n".join(prose(100 * seed + part, chinese=chinese, sentences=5) for part in range(6))


TEXTS = [page(seed, chinese=chinese) for chinese in (False, True) for seed in range(4)]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("text", [TEXTS[0], TEXTS[4]], ids=["latin", "chinese"])
def test_variants_are_other_texts_with_much_of_the_first(variant: Variant, text: str) -> None:
    made = variant(text, Random(1), TEXTS[1])
    assert made == variant(text, Random(1), TEXTS[1]) != text
    assert resemblance(reading(units(text)), reading(units(made))) > 0.1


def test_what_single_variants_do() -> None:
    whole, half = units(TEXTS[0]), units(lead(TEXTS[0], Random(1), ""))
    assert whole[: len(half)] == half
    assert 0.3 < len(half) / len(whole) < 0.6
    assert rescripted("细胞治疗", Random(1), "") == "細胞治療"
    assert refigured("12 of 30", Random(1), "") != "12 of 30"


def test_the_halves_have_nothing_in_common() -> None:
    develop, hold_out = duplicates_pairs.halves(TEXTS)
    assert sorted(develop + hold_out) == sorted(TEXTS)
    assert [sum(map(is_unspaced, half)) for half in (develop, hold_out)] == [2, 2]


def test_pairs_are_the_same_every_time_and_of_every_kind() -> None:
    pairs = duplicates_pairs.labelled(TEXTS)
    assert pairs == duplicates_pairs.labelled(TEXTS)
    assert {pair.kind for pair in pairs} == {make.__name__ for make in (*VARIANTS, *NEGATIVES)}
    assert {pair.copies for pair in pairs if pair.kind in ("reports", "digests")} == {False}


def test_figures_count_right_and_wrong_decisions() -> None:
    pairs = [duplicates_pairs.LabelledPair(kind, (), (), kind == "a") for kind in "aabb"]
    found = duplicates_figures.figures(pairs, [True, False, True, False])
    assert (found.precision, found.recall) == (0.5, 0.5)
    assert (found.wrong, found.pairs) == ({"a": 1, "b": 1}, {"a": 2, "b": 2})


def test_copies_of_prose_are_told() -> None:
    pairs = duplicates_pairs.labelled(TEXTS)
    found = duplicates_figures.end_to_end(pairs)
    assert min(found.precision, found.recall) > 0.9
    plain = [pair for pair in pairs if pair.copies or pair.kind == "neighbours"]
    stored = duplicates_archive.measure(plain)
    assert (stored.precision, stored.wrong["neighbours"], stored.wrong["lead"]) == (1.0, 0, 0)
    assert duplicates_figures.different_pages([pair.one for pair in pairs if pair.kind == "lead"]) == (28, 0)


def test_the_sweep_goes_over_what_was_chosen() -> None:
    rows = list(duplicates_figures.rules(duplicates_pairs.labelled(TEXTS[:2] + TEXTS[4:6])[:10]))
    chosen = {name: value for name, value, is_chosen, _ in rows if is_chosen}
    assert chosen == {name: getattr(RULE, name) for name in duplicates_figures.SWEPT}


@pytest.mark.parametrize("command", [duplicates.main, duplicates_cost.main])
def test_missing_pages_are_named(command: click.Command, tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--corpus", str(tmp_path)])
    assert done.exit_code == 2
    assert f"no labelled pages in {tmp_path}" in done.output


def test_the_commands_print_their_tables(tmp_path: Path) -> None:
    rows = [json.dumps({"text": text}) for text in TEXTS]
    (tmp_path / "pages.jsonl").write_text("\n".join(rows), encoding="utf-8")
    done = CliRunner().invoke(duplicates.main, ["--corpus", str(tmp_path), "--sweep"])
    assert "containment" in done.output
    assert "pairs: precision" in done.output
    cost = CliRunner().invoke(duplicates_cost.main, ["--corpus", str(tmp_path), "--articles", "100", "--timed", "3"])
    assert cost.exit_code == 0
    assert "100 articles:" in cost.output
