"""Sketches: the same in every process, and as alike as the texts."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.duplicates.similarity import prepare, resemblance
from archive.text.minhash import BANDS, VALUES, algorithm, containment, estimate, pack, signature, unpack
from archive.text.shingles import units
from tests.texts import prose

TEXT = units(prose(1))
WORDS = units("one two three four five six seven")
PRINT = "from archive.text.minhash import signature; print(signature('one two three four five six seven'.split()))"


def test_a_sketch_is_the_same_in_every_process() -> None:
    runs = [
        subprocess.run(
            [sys.executable, "-c", PRINT], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs == [f"{signature(WORDS)}\n"] * 2


def test_stored_sketches_can_still_be_compared() -> None:
    """Another value under the same name would part the texts of an archive: name the change in `algorithm`."""
    assert algorithm() == "rensa RMinHash 2, 64 values, seed 1, shingles 5/8"
    made = signature(WORDS)
    assert (made.bands[:2], made.values[:4].hex()) == ((1423601278, -534696126), "7e91b484")


def test_sizes() -> None:
    made = signature(TEXT)
    assert (len(made.bands), len(made.values), len(pack(made.bands))) == (BANDS, VALUES, 4 * BANDS)
    assert len(set(made.bands)) == BANDS


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_bands_are_unpacked_as_they_were_packed(bands: list[int]) -> None:
    assert list(unpack(pack(bands))) == bands


@pytest.mark.parametrize("share", [1.0, 0.75, 0.5, 0.25])
def test_the_estimate_is_near_the_resemblance(share: float) -> None:
    part = TEXT[: int(len(TEXT) * share)]
    estimated = estimate(signature(TEXT).values, signature(part).values)
    assert estimated == pytest.approx(share, abs=0.18)  # three standard errors
    assert containment(estimated, len(TEXT), len(part)) > 0.6
    assert any(a == b for a, b in zip(signature(TEXT).bands, signature(part).bands, strict=True))


def test_other_texts_share_nothing() -> None:
    other = units(prose(2))
    assert resemblance(prepare(TEXT), prepare(other)) > 0  # words in pairs they do share
    assert not set(signature(TEXT).bands) & set(signature(other).bands)
    assert estimate(signature(TEXT).values, signature(other).values) < 0.1


@given(st.floats(0, 1), st.integers(1, 10_000), st.integers(1, 10_000))
def test_containment_is_a_share(share: float, one: int, other: int) -> None:
    assert 0 <= containment(share, one, other) == containment(share, other, one) <= 1
