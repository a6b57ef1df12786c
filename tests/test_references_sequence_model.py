"""Tokens, features and the sequence model that labels them."""

import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references import gazetteer, sequence_model
from archive.references.features import features, shape
from archive.references.prepared import prepare
from archive.references.tokens import FILLER, fill, tokenise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sleep270:985", ["Sleep", "270", ":", "985"]),
        ("O’Neil IL-10", ["O’Neil", "IL", "-", "10"]),
        ("睡眠研究2018", ["睡", "眠", "研", "究", "2018"]),
        (f"a {FILLER}{FILLER} {FILLER} b", ["a", FILLER, "b"]),
        (" ", []),
    ],
)
def test_tokens_are_finer_than_white_space(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokenise(text)] == expected


@given(st.text(max_size=80))
def test_tokens_cover_all_that_is_printed(text: str) -> None:
    tokens = tokenise(text)
    covered = {i for token in tokens for i in range(token.start, token.end)}
    assert all(i in covered or character.isspace() for i, character in enumerate(text))
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)


@given(st.text("ab ", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4))
def test_filling_moves_nothing(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in spans]
    filled = fill(text, inside)
    hidden = {i for start, end in inside for i in range(start, end)}
    assert filled == "".join(FILLER if i in hidden else character for i, character in enumerate(text))


@pytest.mark.parametrize(
    ("token", "expected"),
    [("眠", "CJK"), ("2016", "YR"), ("12", "D2"), ("N", "X"), ("IL", "XX"), ("Sleep", "Xx"), ("of", "xx"), (".", ".")],
)
def test_shapes(token: str, expected: str) -> None:
    assert shape(token) == expected


def test_the_longest_known_journal_is_tagged() -> None:
    journals = gazetteer.Gazetteer(
        [gazetteer.key("J. Sleep Res."), gazetteer.key("J Sleep"), gazetteer.key("睡眠杂志")]
    )
    assert journals.tags(tokenise("In: J Sleep Res. 2010")) == ["", "", "Jb3", "Ji3", "Je3", "", ""]
    assert journals.tags(tokenise("睡眠杂志")) == ["Jb4", "Ji4", "Ji4", "Je4"]
    assert journals.tags(tokenise("j sleep res")) == ["", "", ""]


def test_every_token_has_features() -> None:
    core = prepare("[1] Okafor N. Sleep[J]. Sleep Stud, 2019, 12(3): 45-51. doi:10.1234/x.1")
    tokens, rows = sequence_model.tokens_and_features(core, gazetteer.shipped())
    assert len(tokens) == len(rows)
    assert {"mark=<", "loc<"} <= set(rows[0])
    assert features([], None, [], None) == []


def test_identifiers_and_notes_are_hidden_from_the_model() -> None:
    core = prepare("Okafor N. Sleep. 2019;1:2. doi: 10.1234/x.1. Epub 2018 Mar 4. PMID: 31234567. Accessed May 3, 2020")
    assert len(core.text) == len(core.body)
    assert not any(word in core.text for word in ("10.1234", "Epub", "31234567", "Accessed"))
    assert "Okafor N. Sleep. 2019;1:2." in core.text


@given(st.text("Okafor N. Slep 2019;:()睡眠[J]", max_size=80))
def test_runs_are_in_order_and_sure_between_0_and_1(text: str) -> None:
    core = prepare(" ".join(text.split()))
    runs = sequence_model.shipped().label_spans(core, gazetteer.shipped())
    assert all(0 <= run.start < run.end <= len(core.body) and 0 <= run.confidence <= 1.000001 for run in runs)
    assert [run.start for run in runs] == sorted(run.start for run in runs)
    assert {run.label for run in runs} <= set(sequence_model.LABELS) - {sequence_model.OTHER}


def test_threads_share_the_model() -> None:
    core = prepare("Okafor N, Lee K. Sleep and exercise in adults. Sleep Stud. 2019;12(3):45-51.")
    expected = sequence_model.shipped().label_spans(core, gazetteer.shipped())
    found: list[list[sequence_model.LabelledSpan]] = []
    threads = [
        threading.Thread(target=lambda: found.append(sequence_model.shipped().label_spans(core, gazetteer.shipped())))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_importing_loads_no_model() -> None:
    program = "import sys, archive.references; print('pycrfsuite' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
