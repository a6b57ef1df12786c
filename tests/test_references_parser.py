"""A reference string to a Reference."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.article import Reference
from archive.references import identifiers, parse_reference

READ = ("authors", "title", "container_title", "publisher", "year", "volume", "issue", "pages")

CASES: list[tuple[str, dict[str, Any]]] = [
    (
        (
            "【1】Okafor N, El Amin B, van der Berg C. Exercise: 3 cases. Sleep Stud. 2019 Mar 4;12(3):45-51."
            " doi: 10.1234/ss.2019.45. PMID: 31234567; PMCID: PMC6543210."
        ),
        {
            "label": "1",
            "authors": ("Okafor N", "El Amin B", "van der Berg C"),
            "title": "Exercise: 3 cases",
            "container_title": "Sleep Stud",
            "year": 2019,
            "volume": "12",
            "issue": "3",
            "pages": "45-51",
            "doi": "10.1234/ss.2019.45",
            "pmid": "31234567",
            "pmcid": "PMC6543210",
            "type": "article-journal",
        },
    ),
    (
        "[2] 陈一鸣, 赵晓云, 等. 社区老年人睡眠质量调查[J]. 健康研究, 2018, 20(4): 301-305.",
        {
            "authors": ("陈一鸣", "赵晓云"),
            "title": "社区老年人睡眠质量调查",
            "container_title": "健康研究",
            "year": 2018,
            "volume": "20",
            "issue": "4",
            "pages": "301-305",
        },
    ),
    (
        "陈一鸣，赵晓云，等。社区老年人睡眠质量调查.健康研究，2018，20（4）：301-305.",
        {
            "authors": ("陈一鸣", "赵晓云"),
            "title": "社区老年人睡眠质量调查",
            "container_title": "健康研究",
            "issue": "4",
        },
    ),
    (
        "3. 周明, 吴迪. 睡眠医学[M]. 2版. 北京: 示例出版社, 2016.",
        {"authors": ("周明", "吴迪"), "title": "睡眠医学", "publisher": "示例出版社", "year": 2016, "type": "book"},
    ),
    (
        "刘洋. 睡眠与运动[D]. 上海: 示例大学, 2012.",
        {"type": "thesis", "title": "睡眠与运动", "publisher": "示例大学", "year": 2012, "container_title": None},
    ),
    (
        "示例卫生组织. 睡眠事实[EB/OL]. (2020-01-02)[2021-03-04]. https://example.org/sleep.",
        {"type": "webpage", "title": "睡眠事实", "url": "https://example.org/sleep", "year": 2020},
    ),
    (
        (
            "Okafor, N., & Lindqvist, P. A. (2019). Mild exercise: Facts and questions. Journal of Sleep, 12(3), 45–51."
            " https://doi.org/10.1234/js.v12.i3.45"
        ),
        {
            "authors": ("Okafor, N.", "Lindqvist, P. A."),
            "title": "Mild exercise: Facts and questions",
            "container_title": "Journal of Sleep",
            "pages": "45–51",
        },
    ),
    (
        "Okafor, N.K., Lindqvist, P. et al. The origin of sleep. Nat Sleep 26, 450–452 (2020).",
        {"authors": ("Okafor, N.K.", "Lindqvist, P."), "container_title": "Nat Sleep", "volume": "26", "year": 2020},
    ),
    (
        "Okafor F et al (2009) SLEEP1 is a key regulator of rest. Rest 113:1730 DOI: 10.1234/rest-2008",
        {
            "authors": ("Okafor F",),
            "title": "SLEEP1 is a key regulator of rest",
            "container_title": "Rest",
            "pages": "1730",
        },
    ),
    (
        "陈一鸣 赵云 “小鼠睡眠研究的若干问题” Shui mian za zhi 24.12 (2008): 2455–2459. Print.",
        {
            "authors": ("陈一鸣", "赵云"),
            "title": "小鼠睡眠研究的若干问题",
            "volume": "24",
            "issue": "12",
            "year": 2008,
        },
    ),
    (
        "Sleep Rev (Oslo). 2022 Aug 25;14(3):37498. Fundamentals of good sleep.",
        {"container_title": "Sleep Rev (Oslo)", "title": "Fundamentals of good sleep", "pages": "37498"},
    ),
    (
        "Walking changes sleep in adults. Sleep Stud. 2025 May 14; 5(5):100841. Okafor N, Lindqvist P. PMID: 40000001;",
        {"title": "Walking changes sleep in adults", "authors": ("Okafor N", "Lindqvist P"), "pmid": "40000001"},
    ),
    (
        "Okafor N, Lindqvist P. PNAS. 2006;103:8217-8222.",
        {"authors": ("Okafor N", "Lindqvist P"), "title": None, "container_title": "PNAS", "volume": "103"},
    ),
    (
        "Okafor N, Lee K. Insomnia. The Lancet. 2012;379(9821):1129-41.",
        {"authors": ("Okafor N", "Lee K"), "title": "Insomnia", "container_title": "The Lancet", "volume": "379"},
    ),
    (
        "Okafor N, Lee K. Sleep loss and the immune response. Science270:985-988, 1995.",
        {"title": "Sleep loss and the immune response", "container_title": "Science", "volume": "270", "year": 1995},
    ),
    (
        "World Health Organization. Guidelines on activity and sleep. Geneva: World Health Organization; 2019.",
        {"authors": ("World Health Organization",), "title": "Guidelines on activity and sleep", "year": 2019},
    ),
    (
        "[7] OKAFOR N A, LEE K, et al. Sleep and glucose tolerance in adults[J]. Diabetes Care, 2015, 38(3): 529-537.",
        {
            "label": "7",
            "authors": ("OKAFOR N A", "LEE K"),
            "title": "Sleep and glucose tolerance in adults",
            "container_title": "Diabetes Care",
            "pages": "529-537",
        },
    ),
    (
        (
            'N. Okafor and K. Lee, "Sleep staging with wearable sensors," IEEE J. Biomed. Health Inform., vol. 24,'
            " no. 3, pp. 812-820, 2020."
        ),
        {"authors": ("N. Okafor", "K. Lee"), "title": "Sleep staging with wearable sensors", "issue": "3"},
    ),
    (
        "Okafor, Ngozi, and Karin Lee. “Why we nap.” Journal of Sleep Research 22.4 (2013): 401-409.",
        {"title": "Why we nap", "container_title": "Journal of Sleep Research", "volume": "22", "issue": "4"},
    ),
    (
        "陈一鸣, 赵晓云. 社区老年人睡眠质量调查. 中华护理杂志 2018;53(4):301-305.",
        {"authors": ("陈一鸣", "赵晓云"), "title": "社区老年人睡眠质量调查", "container_title": "中华护理杂志"},
    ),
    (
        "陈一鸣, '社区老年人睡眠质量研究,' 中国护理, 第23卷, 第2期, pp.107-118, 2011.",
        {"authors": ("陈一鸣",), "title": "社区老年人睡眠质量研究", "container_title": "中国护理", "issue": "2"},
    ),
    (
        "陈一鸣:《社区老年人睡眠质量研究》,载《中国护理》,2011年第2期,第107-118页。",
        {"authors": ("陈一鸣",), "title": "社区老年人睡眠质量研究", "container_title": "中国护理", "year": 2011},
    ),
    (
        "Okafor N, Lee K. Sleep after infection. bioRxiv 2020.03.22.002386; doi: https://doi.org/10.1101/2020.03.22.002386",
        {"title": "Sleep after infection", "container_title": "bioRxiv", "doi": "10.1101/2020.03.22.002386"},
    ),
    (
        "[D1] Naps lower the pulse. Sleep Res Ther. 2020. PMC7510000.",
        {"label": "D1", "title": "Naps lower the pulse", "container_title": "Sleep Res Ther", "pmcid": "PMC7510000"},
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_printed_styles(text: str, expected: dict[str, Any]) -> None:
    reference = parse_reference(text)
    assert {name: getattr(reference, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "volume", "issue", "pages"),
    [
        ("2013;65:2737-47", "65", None, "2737-47"),
        ("2013 Jan-Feb;121(1):37-43", "121", "1", "37-43"),
        ("2013;(10):CD005440", None, "10", "CD005440"),
        ("2013;17(1)", "17", "1", None),
        ("2013(11):971-972", None, "11", "971-972"),
        ("2013, 000(006):326-328", "000", "006", "326-328"),
        ("vol. 64, no. 3, pp. 12-15, Aug. 2013", "64", "3", "12-15"),
        ("2013;12 Suppl 1:21–31", "12 Suppl 1", None, "21–31"),
        ("2013;: .", None, None, None),
        ("2013，第24卷第3期：12-15", "24", "3", "12-15"),
    ],
)
def test_locators(text: str, volume: str | None, issue: str | None, pages: str | None) -> None:
    reference = parse_reference(f"Okafor N. Mild exercise and sleep in adults. Sleep Stud. {text}.")
    assert (reference.year, reference.volume, reference.issue, reference.pages) == (2013, volume, issue, pages)


@given(st.text(max_size=300) | st.text("ABCab .,;:()[]0123/-“”等年[J]", max_size=200))
def test_any_text_gives_a_reference(text: str) -> None:
    reference = parse_reference(text)
    assert reference.raw == " ".join(text.replace("\0", "\ufffd").split())
    assert parse_reference(reference.raw) == reference


@given(st.text("ABCab .,;:()0123/-“”等[J]", max_size=200) | st.text(max_size=120))
def test_fields_are_printed_in_the_text(text: str) -> None:
    reference = parse_reference(text)
    for name in ("title", "container_title", "publisher", "volume", "issue", "pages"):
        assert (getattr(reference, name) or "") in reference.raw
    assert all(author in reference.raw for author in reference.authors)


@given(st.text("Okafor N. Slep 2019;:()睡眠[J]10.1234/x", max_size=120))
def test_every_field_found_has_a_confidence(text: str) -> None:
    reference = parse_reference(text)
    named = {name for name in (*READ, *identifiers.KINDS) if getattr(reference, name)}
    assert set(reference.confidence) == named
    assert all(0 <= value <= 1 for value in reference.confidence.values())


def test_nothing_is_made_of_nothing() -> None:
    empty = parse_reference("")
    assert [f.name for f in fields(Reference) if getattr(empty, f.name) and f.name != "kind"] == []


@pytest.mark.parametrize(
    "unit", ["[1] ", "10.1234/", ". A", "(2010) ", "((((", "A. ", "Smith, J., ", "[J].", "“a ", "1-1-"]
)
def test_a_string_of_hostile_length_is_read_in_part_and_kept_whole(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert parse_reference(text).raw == " ".join(text.split())


@pytest.mark.parametrize("character", ["\ud800", "\0"])
def test_what_cannot_be_stored_is_replaced(character: str) -> None:
    reference = parse_reference(f"Lee A. {character} Cells. 2020;1:2.")
    assert reference == parse_reference("Lee A. \ufffd Cells. 2020;1:2.")
