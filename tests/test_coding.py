"""Two people code the same articles: codebooks, blind answers, agreement, disagreements, export."""

import csv
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from archive.notes import ArticleName, ConflictError, Notes, RefusedError, Studies, open_notes
from archive.notes.agreement import NOTHING, UNDEFINED, agreement, cohen_kappa
from archive.notes.codebook import CodebookError, parse, read, shipped
from archive.notes.study_export import WRITERS
from tests.commands import run

CODEBOOK = """
name = "mine"
title = {en = "Mine", zh = "我的"}
[scales.rating]
ordinal = true
choices = [{value = "0", label = "none"}, {value = "1", label = "some"}, {value = "2", label = "much"}]
[[questions]]
name = "hedged"
text = {en = "Hedged?", zh = "留有余地？"}
scale = "rating"
[[questions]]
name = "sells"
text = "Does it sell?"
help = "Call to action"
choices = [{value = "yes", label = "yes"}, {value = "no", label = "no"}]
"""
ARTICLES = [ArticleName(url=f"https://news.example/{number}", title=f"=T{number}") for number in range(3)]


@pytest.mark.parametrize(("name", "questions"), [("discern", 16), ("honcode", 8), ("healthnewsreview", 10)])
def test_shipped_codebooks_have_labels_in_both_languages(name: str, questions: int) -> None:
    codebook = shipped()[name]
    assert (codebook.name, len(codebook.questions)) == (name, questions)
    texts = [codebook.title, *(each.text for each in codebook.questions)]
    texts += [choice.label for each in codebook.questions for choice in each.choices]
    assert all({"en", "zh"} <= text.by_language.keys() for text in texts)
    assert parse(read(name), name) == codebook


def test_texts_are_in_the_language_asked_for() -> None:
    title = parse(CODEBOOK, "x").title
    assert [title.in_language(each) for each in ("zh-Hans", "zh", "en", "ja")] == ["我的", "我的", "Mine", "Mine"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("title = {", "titel = {", "unknown key titel: do you mean title"),
        ("help =", "frobnicate =", "question sells has the unknown key frobnicate: known are"),
        ('name = "sells"', 'name = "hedged"', "two questions of the name hedged"),
        ('value = "no", ', 'value = "yes", ', "two choices of the value yes"),
        ('scale = "rating"', "", "question hedged has no choices"),
        ('scale = "rating"', 'scale = "other"', "has the scale 'other', which is not among"),
        ('scale = "rating"', 'scale = "rating"\nordinal = true', "belongs to the scale"),
        ('help = "Call to action"', 'scale = "rating"', "both a scale and choices"),
        (', {value = "no", label = "no"}', "", "has no choices: give it at least two"),
        ('value = "no", ', "", "choice 2 has no value"),
        ('value = "no", ', "value = 1, ", "has to be a text in quotation marks"),
        ('value = "no", ', 'value = " ", ', "has an empty value"),
        ('text = "Does it sell?"', "", "question sells has no text"),
        ('text = "Does it sell?"', "text = 3", "has to be a text, or a table of languages"),
        ('name = "sells"', 'name = "Sells?"', "the name 'Sells?' has to be lower-case letters"),
        ("ordinal = true", 'ordinal = "yes"', "ordinal has to be true or false"),
        ("[scales.rating]", "[scales.rating", "is not valid TOML"),
        ("[[questions]]", "[[question]]", "unknown key question"),
    ],
)
def test_a_codebook_that_is_wrong_is_one_sentence(old: str, new: str, sentence: str) -> None:
    assert old in CODEBOOK
    with pytest.raises(CodebookError) as caught:
        parse(CODEBOOK.replace(old, new, 1), "mine.toml")
    assert sentence in caught.value.message
    assert caught.value.message.startswith("mine.toml")
    assert "\n" not in caught.value.message


def test_a_codebook_without_questions_is_refused() -> None:
    with pytest.raises(CodebookError, match="has no questions"):
        parse('name = "x"\ntitle = "x"\nquestions = []', "x")
    with pytest.raises(CodebookError, match=r"no codebook nothing: .* discern"):
        read("nothing")


CHOICES = ("a", "b", "c", "d")


@given(st.lists(st.tuples(st.sampled_from(CHOICES), st.sampled_from(CHOICES)), min_size=1, max_size=40))
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_is_that_of_scikit_learn(weights: str, pairs: list[tuple[str, str]]) -> None:
    one, other = ([pair[side] for pair in pairs] for side in (0, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where kappa is undefined
        theirs = cohen_kappa_score(one, other, labels=CHOICES, weights=None if weights == "none" else weights)
    ours = cohen_kappa(one, other, CHOICES, weights)  # type: ignore[arg-type]
    if ours is None:
        assert theirs != theirs  # not a number
    else:
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_kappa_of_a_worked_example() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: (0.7 - 0.5) / (1 - 0.5)
    one, other = ["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    found = agreement(one, other, ("y", "n"), ordinal=False)
    assert (found.pairs, found.agreed, found.share, found.linear) == (50, 35, 0.7, None)
    assert found.kappa == pytest.approx(0.4)


def test_kappa_that_is_undefined_is_said_to_be() -> None:
    same = agreement(["y", "y"], ["y", "y"], ("y", "n"), ordinal=True)
    assert (same.kappa, same.linear, same.share, same.sentence) == (None, None, 1, UNDEFINED)
    none = agreement([], [], ("y", "n"), ordinal=True)
    assert (none.kappa, none.share, none.sentence) == (None, None, NOTHING)
    with pytest.raises(ValueError, match="is no choice"):
        cohen_kappa(["x"], ["y"], ("y", "n"))


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Notes]:
    with open_notes(tmp_path / "notes.db", create=True) as opened:
        opened.set_aside("mine", ARTICLES, "ann")
        yield opened


@pytest.fixture
def studies(notes: Notes) -> Studies:
    made = Studies(notes)
    made.create("quality", CODEBOOK, "mine", ("ann", "ben"), "root", "eve")
    return made


def fill(studies: Studies, coder: str, hedged: str, sells: str) -> None:
    study = studies.study("quality")
    for position, pair in enumerate(zip(hedged, sells, strict=True), 1):
        answers = {"hedged": pair[0], "sells": {"y": "yes", "n": "no"}[pair[1]]}
        studies.answer(study, position, coder, answers, 0, f"by {coder}" if position == 1 else "")
    studies.finish(study, coder)


def test_answers_are_hidden_until_both_are_done(studies: Studies) -> None:
    fill(studies, "ann", "012", "yyn")
    study = studies.study("quality")
    with pytest.raises(RefusedError, match="when both coders are done; at work: ben"):
        studies.results(study)
    with pytest.raises(RefusedError, match="when both coders are done"):
        studies.settle(study, 1, "eve", {"hedged": "0"}, 0)
    with pytest.raises(RefusedError, match="ann has declared to be done"):
        studies.answer(study, 1, "ann", {"hedged": "1"}, 1)


def test_agreement_disagreements_and_export(studies: Studies) -> None:
    fill(studies, "ann", "012", "yyn")
    fill(studies, "ben", "011", "nyn")
    study = studies.study("quality")
    results = studies.results(study)
    (hedged, first), (sells, second) = results.agreements()
    assert (hedged.name, first.agreed, sells.name, second.agreed) == ("hedged", 2, "sells", 2)
    assert first.linear is not None
    assert second.linear is None
    assert (results.overall().agreed, results.overall().kappa) == (4, None)
    found = [(each.article.position, each.question.name, each.answers) for each in results.disagreements()]
    assert found == [(1, "sells", ("yes", "no")), (3, "hedged", ("2", "1"))]
    with pytest.raises(RefusedError, match="are settled by eve"):
        studies.settle(study, 1, "ann", {"sells": "no"}, 0)
    studies.settle(study, 1, "eve", {"sells": "no"}, 0, "no offer")
    results = studies.results(study)
    assert [each.agreed for each in results.disagreements()] == ["no", None]
    rows = list(results.rows())
    assert [row["final"] for row in rows] == ["0", "no", "1", "yes", None, "no"]
    assert rows[1]["settled_by"] == "eve"
    read_back = list(csv.DictReader("".join(WRITERS["csv"](rows)).splitlines()))
    assert (read_back[0]["title"], read_back[0]["agree"], read_back[4]["final"]) == ("'=T0", "1", "")
    assert json.loads("".join(WRITERS["json"](rows))) == rows


def test_of_two_who_save_the_same_answers_the_second_is_told(studies: Studies) -> None:
    study = studies.study("quality")
    studies.answer(study, 1, "ann", {"hedged": "1"}, 0, "first window")
    with pytest.raises(ConflictError, match=r"saved by ann .* nothing was overwritten") as caught:
        studies.answer(study, 1, "ann", {"hedged": "2"}, 0)
    assert caught.value.theirs == "hedged: 1\nsells: –\nfirst window"
    assert studies.coding(study, 1, "ann").answers == {"hedged": "1"}


def test_what_no_answer_can_be_is_refused(studies: Studies, notes: Notes) -> None:
    study = studies.study("quality")
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: studies.answer(study, 1, "eve", {}, 0), "eve is no coder"),
        (lambda: studies.answer(study, 4, "ann", {}, 0), "articles 1 to 3, not 4"),
        (lambda: studies.answer(study, 1, "ann", {"x": "1"}, 0), "no question x"),
        (lambda: studies.answer(study, 1, "ann", {"hedged": "9"}, 0), "choose one of 0, 1, 2"),
        (lambda: studies.finish(study, "ann"), "has not answered 6 questions on 3 articles"),
        (lambda: studies.finish(study, "eve"), "eve is no coder"),
        (lambda: studies.create("quality", CODEBOOK, "mine", ("a", "b"), "r"), "There is a study quality already"),
        (lambda: studies.create("x", CODEBOOK, "mine", ("a", "a"), "r"), "a is named twice"),
        (lambda: studies.create("x", CODEBOOK, "none", ("a", "b"), "r"), "There is no collection none"),
        (lambda: studies.study("x"), "There are: quality"),
    ]
    for call, sentence in refused:
        with pytest.raises(RefusedError, match=sentence):
            call()
    notes.create_collection("empty", "ann")
    with pytest.raises(RefusedError, match="has no articles"):
        studies.create("x", CODEBOOK, "empty", ("a", "b"), "r")


def test_commands_say_what_is_wrong(tmp_path: Path, studies: Studies) -> None:
    fill(studies, "ann", "000", "yyy")
    (tmp_path / "bad.toml").write_text(CODEBOOK.replace("help", "hlep"))
    create = ("coding", "create", "new", "--collection", "mine", "--coder", "ann")
    for words, code, said in [
        (("coding", "agreement", "quality"), 2, "at work: ben"),
        (("coding", "export", "none"), 2, "There is no study none"),
        (("coding", "codebooks", "bad.toml"), 2, "unknown key hlep: do you mean help?"),
        ((*create, "--codebook", "bad.toml", "--coder", "ben"), 2, "unknown key hlep"),
        ((*create, "--codebook", "discern"), 2, "--coder is given 1 times"),
        (("coding", "list"), 0, "done"),
    ]:
        done = run(*words, cwd=tmp_path)
        assert (done.returncode, said in done.stdout + done.stderr) == (code, True), (words, done.stdout, done.stderr)
    fill(studies, "ben", "000", "yyn")
    done = run("coding", "agreement", "quality", cwd=tmp_path)
    assert "hedged: kappa is undefined: both coders gave the same answer" in done.stderr
    assert "100.0%" in done.stdout
