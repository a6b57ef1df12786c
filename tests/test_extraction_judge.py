"""The judge: when a text is in doubt, which lines it chooses, and what it records."""

import os
import subprocess
import sys
from importlib.resources import files

import pytest
from lxml.html import document_fromstring

from archive.article import Removal
from archive.extraction.block_positions import PositionedBlock, read_body_lines
from archive.extraction.judge.decision import CONTENT, OTHER, chosen_lines, judge, shipped
from archive.extraction.judge.features import line_features
from archive.extraction.judge.lines import JudgedLine, agreement, judged_lines, kept_prose
from archive.extraction.judge.second_text import second_text
from archive.extraction.markdown import Block

FIRST = "The clinic measured the blood pressure of every patient twice a day for a whole month. " * 2
SECOND = "Half of them walked for an hour each morning, and the others went on as they had before. " * 2
THIRD = "After a year the walkers needed fewer drugs than the others, the authors of the study report. " * 2
LINKS = "Ten recipes for spring"


def positioned(text: str, number: int | None = None) -> PositionedBlock:
    return PositionedBlock(Block(text.strip(), text.strip()), None, number)


def line(number: int, size: int, *, kept: bool = False, second: bool = False, reason: str = "") -> JudgedLine:
    block = document_fromstring("<p>a</p>")
    body = read_body_lines(block.find("body"), None)
    return JudgedLine(number, body.lines[0], "a", "a", size, kept, second, reason)


@pytest.mark.parametrize(
    ("removals", "share"),
    [
        ([], 1.0),
        ([Removal(text=SECOND, reason="left out")], pytest.approx(0.49, abs=0.02)),
        ([Removal(text=SECOND, reason="related list")], 1.0),
        ([Removal(text=LINKS, reason="left out")], 1.0),
    ],
)
def test_only_prose_that_no_rule_cut_is_missed(removals: list[Removal], share: float) -> None:
    assert kept_prose([positioned(FIRST)], removals) == share


def test_page_without_prose_misses_none() -> None:
    assert kept_prose([], []) == 1.0


@pytest.mark.parametrize(
    ("second", "share"),
    [
        (FIRST, 1.0),
        (f"{FIRST}\n{LINKS}", 1.0),
        (SECOND, 0.0),
        (f"{FIRST}\n{SECOND}", pytest.approx(0.66, abs=0.02)),
        ("", 0.0),
    ],
)
def test_agreement_of_two_texts(second: str, share: float) -> None:
    removals = [Removal(text=LINKS, reason="related list")]
    assert agreement([positioned(FIRST)], removals, second) == share


@pytest.mark.parametrize(
    ("lines", "probabilities", "chosen"),
    [
        pytest.param(
            [line(0, 100, kept=True), line(1, 100, second=True)], [0.9, 0.1], {0}, id="the kept text is likely"
        ),
        pytest.param(
            [line(0, 100, kept=True), line(1, 900, second=True)], [0.1, 0.9], {1}, id="the second text is likely"
        ),
        pytest.param(
            [line(0, 100, kept=True, second=True), line(1, 300, second=True)], [0.9, 0.9], {0, 1}, id="both together"
        ),
        pytest.param(
            [line(0, 300, kept=True, second=True), line(1, 300, kept=True)], [0.9, 0.1], {0}, id="what both have"
        ),
        pytest.param(
            [line(0, 900, kept=True, second=True), line(1, 10, kept=True)],
            [0.9, 0.1],
            {0, 1},
            id="a little better is not enough",
        ),
        pytest.param([line(0, 100, kept=True), line(1, 900, second=True)], [0.1, 0.3], {0}, id="neither is likely"),
        pytest.param(
            [line(0, 900, kept=True), line(1, 900, second=True, reason="related list")],
            [0.9, 0.99],
            {0},
            id="what a rule cut stays cut",
        ),
    ],
)
def test_chosen_lines(lines: list[JudgedLine], probabilities: list[float], chosen: set[int]) -> None:
    assert chosen_lines(lines, probabilities) == chosen


PAGE = f"""<html><head><title>Walking and blood pressure</title></head><body>
<nav><a href="/">Home</a> <a href="/b">Books</a></nav>
<div class="article-body"><h1>Walking and blood pressure</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>
<div class="related"><a href="/c">{LINKS}</a></div><footer>Example Press</footer></body></html>"""


def test_lost_paragraphs_are_put_back_and_their_removals_go() -> None:
    root = document_fromstring(PAGE)
    page = read_body_lines(root.find("body"), None)
    number = next(n for n, each in enumerate(page.lines) if each.text.startswith("The clinic"))
    kept = [PositionedBlock(Block(FIRST.strip(), FIRST.strip()), page.lines[number], number)]
    lost = [Removal(text=text.strip(), reason="left out") for text in (SECOND, THIRD)]
    lost.append(Removal(text="Walking and blood pressure", reason="repeated title"))
    blocks, removals = judge(PAGE, page, kept, lost, None, "Walking and blood pressure")
    assert [item.block.text for item in blocks] == [FIRST.strip(), SECOND.strip(), THIRD.strip()]
    assert [removal.text for removal in removals] == ["Walking and blood pressure"]


def test_text_that_holds_the_prose_is_not_judged() -> None:
    root = document_fromstring(PAGE)
    page = read_body_lines(root.find("body"), None)
    kept = [positioned(text) for text in (FIRST, SECOND, THIRD)]
    removals = [Removal(text=LINKS, reason="left out")]
    assert judge(PAGE, page, kept, removals, None, "") == (kept, removals)


def test_each_line_has_features_and_a_label() -> None:
    root = document_fromstring(PAGE)
    page = read_body_lines(root.find("body"), None)
    lines = judged_lines(page, [], [], second_text(PAGE))
    rows = line_features(lines, None, "Walkingandbloodpressure")
    labels, certainties = shipped().label(rows)
    assert len(rows) == len(lines) == len(labels)
    assert set(labels) <= {CONTENT, OTHER}
    assert all(0 <= certainty <= 1 for certainty in certainties)


def test_model_is_small() -> None:
    data = files("archive.extraction.judge") / "data" / "content.crfsuite"
    assert len(data.read_bytes()) <= 2_000_000


def test_no_text_is_lost() -> None:
    root = document_fromstring(PAGE)
    page = read_body_lines(root.find("body"), None)
    numbers = {each.text[:10]: n for n, each in enumerate(page.lines)}
    foreign = "Our cookies help us and our partners to show you what you may like to buy next. " * 6
    kept = [positioned(foreign, None), positioned(THIRD, numbers[THIRD[:10]])]
    blocks, removals = judge(PAGE, page, kept, [Removal(text=FIRST, reason="left out")], None, "")
    texts = "\n".join([item.block.text for item in blocks] + [removal.text for removal in removals])
    assert all(text.strip() in texts for text in (FIRST, THIRD, foreign))


def test_features_do_not_depend_on_the_hash_seed() -> None:
    script = (
        "from lxml.html import document_fromstring as parse\n"
        "from archive.extraction.block_positions import read_body_lines\n"
        "from archive.extraction.judge.features import line_features\n"
        "from archive.extraction.judge.lines import judged_lines\n"
        "page = '<body><main class=\"story body text\"><article class=\"a-post rich\"><p>' + 'Walk more. ' * 9\n"
        "lines = judged_lines(read_body_lines(parse(page).find('body'), None), [], [], 'Walk more. ' * 9)\n"
        "print(line_features(lines, None, ''))\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1
    assert "near=story" in printed.pop()
