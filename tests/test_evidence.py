"""Evidence at a glance: each thing that a text says, and nothing that it does not."""

import re._parser as regex_parser  # type: ignore[import-not-found]

import pytest

from archive.article import Article, Evidence
from archive.evidence import appraise, appraise_study
from archive.evidence.phrases import all_phrases, phrase_pattern
from archive.evidence.quantities import longest_duration, number
from archive.evidence.wording import answers as lines_of
from archive.evidence.wording import shown, summary

ZH = (
    "一项发表在期刊上的病例报道介绍了2例难治性硬皮病患者。两名患者接受了脐带间充质干细胞静脉输注。"
    "治疗后随访12个月、16个月，症状均有改善。研究人员认为，这种疗法可能通过免疫调节起作用。"
    "由于样本量小、缺乏对照组，未来仍需要更多大规模的临床试验。该疗法尚未获批上市。本研究由国家自然科学基金资助，作者声明无利益冲突。"
    "患者应及时就医，不要自行用药。"
)
EN = (
    "A randomised trial recruited 240 patients with arthritis at three hospitals. Half were given a placebo. "
    "They were followed for 18 months. The study found that pain was reduced, and the drug may help others. "
    "It was funded by the Arthritis Fund, and two authors are employees of the company. "
    "The drug has been approved by regulators for gout. Patients should talk to their doctor."
)


def answers(found: tuple[Evidence, ...]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for each in found:
        values.setdefault(each.field, []).append(each.value)
    return values


def test_a_chinese_case_report() -> None:
    assert answers(appraise("干细胞治疗硬皮病", ZH)) == {
        "design": ["case report"],
        "subjects": ["humans"],
        "sample_size": ["2"],
        "small_sample": ["yes"],
        "control_group": ["no"],
        "follow_up": ["16 months"],
        "funding": ["stated"],
        "conflict_of_interest": ["none"],
        "approval": ["not approved"],
        "hedged": ["yes"],
        "advice": ["yes"],
    }


def test_an_english_trial() -> None:
    assert answers(appraise("Drug eases pain", EN)) == {
        "design": ["trial"],
        "subjects": ["humans"],
        "sample_size": ["240"],
        "control_group": ["yes"],
        "follow_up": ["18 months"],
        "funding": ["stated"],
        "conflict_of_interest": ["declared"],
        "approval": ["approved"],
        "hedged": ["yes"],
        "advice": ["yes"],
    }


@pytest.mark.parametrize(("title", "text"), [("干细胞治疗硬皮病", ZH), ("Drug eases pain", EN)])
def test_each_answer_is_in_its_sentence(title: str, text: str) -> None:
    for each in appraise(title, text):
        sentence = {"title": title, "text": text}[each.part][each.start : each.end]
        assert sentence
        assert sentence == sentence.strip()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", ""),
        ("今日股市", "今天沪指上涨百分之二，分析师建议投资者谨慎，可能继续上涨。"),
        ("City wins", "The team won again. The coach said players should rest, and 20,000 people watched."),
    ],
)
def test_a_text_on_something_else_has_none(title: str, text: str) -> None:
    assert appraise(title, text) == ()


FRAME = "The study is about health and the heart. {} "


@pytest.mark.parametrize(
    ("sentence", "size"),
    [
        ("Researchers studied 1,800 Australian schoolchildren.", "1800"),
        ("The survey of more than 1.2 million women took years.", "1200000"),
        ("Twenty two volunteers took part.", "22"),
        ("They questioned 63 10- and 11-year-olds.", "63"),
        ("The disease affects about 300,000 people.", None),
        ("One in ten people has it.", None),
        ("Previous studies followed 900 patients.", None),
        ("It was found in 1999 by people.", None),
        ("研究团队共纳入2,700名成年人。", "2700"),
        ("该研究招募了二十名健康志愿者。", "20"),
        ("研究对近20万人进行了调查。", "200000"),
        ("我国每年约有300万例患者。", None),
        ("第2例患者接受了研究治疗。", None),
        ("Most of the studies had fewer than sixty participants.", None),
        ("来自三个国家的5名研究人员跟踪记录了7万名45岁到83岁的人。", "70000"),
        ("研究共发现1557例中风病例。", None),
    ],
)
def test_the_sample_is_counted_and_not_the_sick_of_a_country(sentence: str, size: str | None) -> None:
    assert answers(appraise("", FRAME.format(sentence))).get("sample_size") == (None if size is None else [size])


@pytest.mark.parametrize(
    ("title", "design"),
    [
        ("Mesenchymal stem cell therapy for refractory scleroderma: a report of 2 cases", "case report"),
        ("Aspirin and cancer: a randomised, double-blind, placebo-controlled trial", "trial"),
        ("Diet and dementia: a prospective cohort study", "cohort"),
        ("Coffee and mortality: systematic review and meta-analysis", "review"),
        ("Loss of DISC1 in mice", "laboratory"),
        ("吸烟与肺癌的病例对照研究", "case-control"),
        ("某某治疗糖尿病的荟萃分析", "review"),
        ("Burns", None),
    ],
)
def test_the_title_of_a_study_names_its_design(title: str, design: str | None) -> None:
    assert answers(appraise_study(title)).get("design") == (None if design is None else [design])


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,800", 1800), ("twenty two", 22), ("two hundred", 200), ("1.2 million", 1.2e6), ("20万", 2e5), ("十二", 12),
     ("二百三十", 230), ("none", None)],
)  # fmt: skip
def test_numbers_are_read_in_digits_and_words(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "duration"),
    [("for two years", "2 years"), ("a year", "1 year"), ("12个月、16个月", "16 months"), ("半年", "0.5 years"),
     ("in 2019年", None), ("a decade", "10 years")],
)  # fmt: skip
def test_the_longest_duration_counts(text: str, duration: str | None) -> None:
    found = longest_duration(text)
    assert (found[0] if found else None) == duration


def test_every_phrase_takes_bounded_time() -> None:
    """They are matched at one place; what is bounded there is read once."""
    longest = {
        phrase: regex_parser.parse(phrase_pattern(phrase, language)).getwidth()[1]
        for _, language, phrase in all_phrases()
    }
    assert {phrase: length for phrase, length in longest.items() if length > 400} == {}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("design", "case report", "case report"),
        ("sample_size", "18204", "18,204"),
        ("follow_up", "16 months", "16 months"),
        ("follow_up", "1 year", "1 year"),
        ("follow_up", "0.5 years", "0.5 years"),
        ("control_group", "no", "absent"),
        ("advice", "yes", "given"),
        ("design", "of a later program", "of a later program"),
    ],
)
def test_values_are_shown_in_words(field: str, value: str, words: str) -> None:
    assert shown(field, value) == words


def test_a_card_has_a_line_for_each_field() -> None:
    found = appraise("干细胞治疗硬皮病", ZH)
    article = Article(url="https://news.example/1", title="干细胞治疗硬皮病", text=ZH, evidence=found)
    lines = [(line.name, line.value) for line in lines_of(article)]
    assert lines[:3] == [("Study design", "case report"), ("Studied", "humans"), ("Sample size", "2")]
    assert len(lines) == len({each.field for each in found})
    assert summary(appraise_study("Loss of DISC1 in 24 mice: a laboratory study")) == "laboratory, animals"
