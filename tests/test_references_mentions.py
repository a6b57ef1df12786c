from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references.mentions import find_mentions, to_reference


@pytest.mark.parametrize(
    ("text", "container"),
    [
        ("这一结果发表在《柳叶刀》上", "柳叶刀"),
        ("相关论文已在线发表于国际学术期刊《自然·通讯》（Nature Communications）", "自然·通讯"),
        ("该成果发表在Nature子刊《Scientific Reports》", "Scientific Reports"),
        ("一项刊登于 Cell Stem Cell 的研究", "Cell Stem Cell"),
        ("发表在Journal of Quiet Walking杂志的病例", "Journal of Quiet Walking"),
        ("NEJM近日发表了一项三期试验", "NEJM"),
        ("發表在《科學》期刊上的論文", "科學"),
        ("中华老年医学杂志发表的一项研究", "中华老年医学杂志"),
        ("刊于期刊《步行记录》的一项研究", "步行记录"),
        ("published Monday in the peer-reviewed medical journal The Lancet Neurology", "The Lancet Neurology"),
        ("A study in the New England Journal of Medicine found it.", "New England Journal of Medicine"),
        ("The work was published in Science on Thursday.", "Science"),
        ("She pointed to a recent Nature paper on sleep.", "Nature"),
        ("was published in the British Journal of Naps in March", "British Journal of Naps"),
        ("published in the International Journal of Naps", "International Journal of Naps"),
        ("a report in The Lancet Global Health", "The Lancet Global Health"),
        ('Die Studie erschien im Fachmagazin "Nature".', "Nature"),
        ("publiée dans la revue Sommeil", "Sommeil"),
    ],
)
def test_a_journal_is_found_as_printed(text: str, container: str) -> None:
    assert [mention.container for mention in find_mentions(text)] == [container]


@pytest.mark.parametrize(
    "text",
    [
        "《西游记》是一部古典小说",
        "根据《母婴保健法》第三条",
        "这篇文章发表在《城市晚报》上",
        "《时代》杂志发表了封面文章",
        "他是《柳叶刀》杂志的主编",
        "电影《细胞》今天上映",
        "医院自办的《健康》杂志刊登了患者故事",
        "发表在微信公众号上",
        "发表在某学会年会上",
        "中国科学院在线发表了公告",
        "published in 2019",
        "The guide was published in English.",
        "published in The New York Times",
        "published in New Zealand last year",
        "Nature is good for you, and science says so.",
        "She is editor-in-chief of the Journal of Naps.",
        "The film Cell appeared in cinemas.",
        "The law was published in the Official Journal.",
        "a heart study published in hardcover",
        "",
    ],
)
def test_nothing_is_invented(text: str) -> None:
    assert find_mentions(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as shown (JAMA 301; 22-28, 2011) before", ("JAMA", 2011, "301", "22-28")),
        ("(Nat Med. 2020;26(2):1-5)", ("Nat Med", 2020, "26", "1-5")),
        ("(The Lancet, 2020)", ("The Lancet", 2020, None, None)),
    ],
)
def test_short_references_in_parentheses(text: str, expected: tuple[object, ...]) -> None:
    (mention,) = find_mentions(text)
    found = to_reference(mention, text)
    assert (found.container_title, found.year, found.volume, found.pages) == expected
    assert found.kind == "mention"
    assert found.raw in text


@given(st.text(alphabet="《》()A杂志发表在 .Nature,published in12;:", max_size=80))
def test_a_mention_is_in_the_text(text: str) -> None:
    found = find_mentions(text)
    assert all(mention.container in text[mention.start : mention.end] for mention in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@pytest.mark.parametrize("unit", ["《", "发表在A", "published in ", "Nature ", "A of A of ", "(JAMA 311; ", "[A. "])
def test_hostile_length_is_read_to_the_end(unit: str) -> None:
    text = unit * (60_000 // len(unit)) + "。这项研究发表在《柳叶刀》上"
    assert find_mentions(text)[-1].container == "柳叶刀"
