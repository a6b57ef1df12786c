"""Journals that a text names, with what is printed beside them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.references.journal_names import journal_title, key
from archive.references.mentions import find_mentions, to_reference
from archive.text.word_lists import read_word_list


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
        # the preposition, and what stands between it and the name
        ("The naps were described in this week's Nature.", "Nature"),
        ("found it, they write in The Lancet Neurology", "The Lancet Neurology"),
        ("shown in the May 7 issue of Pain", "Pain"),
        ("The nap paper was accepted for publication in Sleep & Dream Research.", "Sleep & Dream Research"),
        ("published in Friday's British Journal of Naps", "British Journal of Naps"),
        ("the results were posted to the preprint server medRxiv", "medRxiv"),
        ("published on the BMJ website", "BMJ"),
        ("published in the journal of Molecular Psychiatry, the work", "Molecular Psychiatry"),
        ("published in the journal Nap Science and paid for by nobody", "Nap Science"),
        # what follows the name
        ("research published in the Rest and Quiet journal says", "Rest and Quiet"),
        ("a paper about naps in Calm Days, a journal of the nap society", "Calm Days"),
        ('He said in the Scientific Reports journal: "This is new."', "Scientific Reports"),
        ("the New England Journal of Medicine report added", "New England Journal of Medicine"),
        ("The BMJ retracted the nap study", "BMJ"),
        # lines that say where
        ("SOURCE: bit.ly/1aBc The Lancet, online May 3, 2019.", "The Lancet"),
        ("论文来源：Cell Reports", "Cell Reports"),
        ("来源：《自然》", "自然"),
        # other languages
        ("wie das Team in „Nature“ berichtet", "Nature"),
        ("Die Studie ist im «British Medical Journal» erschienen.", "British Medical Journal"),
        ("selon une étude parue lundi dans The Lancet", "The Lancet"),
        ("publicado por la revista científica 'Science'", "Science"),
        ("uno studio pubblicato sulla rivista Nature", "Nature"),
        ("um estudo publicado na revista The Lancet", "The Lancet"),
        ("een onderzoek, gepubliceerd in het vakblad Nature", "Nature"),
        ("成果は英科学誌ネイチャーに掲載された", "ネイチャー"),
        ("米医学誌「JAMA」電子版に発表した", "JAMA"),
        ("연구 결과는 국제학술지 '네이처'에 게재됐다", "네이처"),
        ("국제학술지 사이언스에 발표했다", "사이언스"),
        ("란셋(The Lancet)에 실린 논문", "란셋"),
        # Chinese headlines, families and places
        ("柳叶刀最新研究：午睡有益", "柳叶刀"),
        ("Nature：科学家找到午睡的开关", "Nature"),
        ("研究发表于Nature子刊", "Nature"),
        ("一项发表在JAMA Network Open的研究", "JAMA Network Open"),
        ("（《中华医学杂志》2019年第99卷）", "中华医学杂志"),
        ("载于《营养学报》", "营养学报"),
        ("在《中国循环杂志》上发表的文章", "中国循环杂志"),
        ("在预印本平台medRxiv上发布", "medRxiv"),
        ('期刊"Sleep"上发表了一篇综述', "Sleep"),
        ("午睡团队在Nature Medicine上报告", "Nature Medicine"),
        ("在期刊《Gut》（影响因子20）发表论文", "Gut"),
        ("在线发表于Science子刊Science Immunology", "Science Immunology"),
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
        "everything about journal SEO",
        "Keep a diary. Write in the journal: Today I napped.",
        "Nature has changed its editorial policy.",
        "The journal Science announced a new data policy.",
        "The BMJ's editor resigned after a report.",
        "The content published in Cureus is the result of experience.",
        "published in Health Psychology textbooks",
        "research on Diabetes in Norway",
        "Papers submitted to Nature before May are not affected.",
        "Submit your paper to PLOS ONE. PLOS ONE is open to all.",
        "The editors of PLOS ONE review all that comes in.",
        "Articles in The Lancet are free after six months.",
        "published in the Stroke issue of a magazine",
        "「セル」という人物が発表された",
        "《自然》杂志和《科学》杂志都是顶级学术期刊",
        "《柳叶刀》是英国的医学期刊，每周出版",
        "The Nature study area opens in May.",
        "two kinds of texts appear in Lists: Shop Reviews",
        "published in the Proceedings of the Tenth Conference on Naps",
        "a study in a US journal",
        "im Magazin Stern berichtet",
        "dans la revue Paris Match",
        "publicado en Madrid",
        "《柳叶刀》创刊于1823年，是最悠久的医学期刊之一",
        "《自然》杂志宣布调整投稿政策",
        "自然科学基金",
        "《科学》课程标准发布",
        "小説「セル」が発売された",
        "雑誌「セル」編集部",
        "영화 '네이처'가 개봉했다",
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
        ("(Quist et al., Nature 2020)", ("Nature", 2020, None, None)),
        ("[Lancet 2020; 395: 497]", ("Lancet", 2020, "395", "497")),
    ],
)
def test_short_references_in_parentheses(text: str, expected: tuple[object, ...]) -> None:
    (mention,) = find_mentions(text)
    found = to_reference(mention, text)
    assert (found.container_title, found.year, found.volume, found.pages) == expected
    assert found.kind == "mention"
    assert found.raw in text


@pytest.mark.parametrize(
    ("text", "year", "issue", "authors"),
    [
        ("a trial published in JAMA in January 2014 found", 2014, None, ()),
        ("published in 2024 in The Lancet", 2024, None, ()),
        ("published online Feb. 16, 2023, by the British Journal of Naps", 2023, None, ()),
        ("a 2019 paper in The Lancet", 2019, None, ()),
        ("published in The Lancet (July 2026)", 2026, None, ()),
        ("In 2020 naps were rare, according to a study published in The Lancet", None, None, ()),
        ("a study published in The Lancet of 2,019 people", None, None, ()),
        ("Dr. Quist and her colleagues, writing in BMJ in 2019, found", 2019, None, ("Quist",)),
        ("Quist et al. (2018) in The Lancet showed", 2018, None, ("Quist",)),
        ("2019年发表在《柳叶刀》的研究", 2019, None, ()),
        ("发表在《中华流行病学杂志》2019年第3期", 2019, "3", ()),
    ],
)
def test_what_is_printed_beside_a_journal(
    text: str, year: int | None, issue: str | None, authors: tuple[str, ...]
) -> None:
    (mention,) = find_mentions(text)
    found = to_reference(mention, text)
    assert (found.year, found.issue, found.authors, found.et_al) == (year, issue, authors, bool(authors))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("《新英格兰医学杂志》", "New England Journal of Medicine"),
        ("N. Engl. J. Med.", "New England Journal of Medicine"),
        ("NEJM", "New England Journal of Medicine"),
        ("柳葉刀", "The Lancet"),
        ("Lancet", "The Lancet"),
        ("ネイチャー", "Nature"),
        ("네이처", "Nature"),
        ("Journal of Naps", None),
    ],
)
def test_a_journals_title_by_its_names(name: str, title: str | None) -> None:
    assert journal_title(name) == title


def test_one_name_belongs_to_one_journal() -> None:
    titles = read_word_list("archive.references", "journals")["titles"]
    names = [(key(name), title) for title, others in titles.items() for name in {*others, title}]
    assert {name: title for name, title in names if journal_title(name) != title} == {}


@given(st.text(alphabet="《》()A杂志发表在 .Nature,published in12;:", max_size=80))
def test_a_mention_is_in_the_text(text: str) -> None:
    found = find_mentions(text)
    assert all(mention.container in text[mention.start : mention.end] for mention in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


@pytest.mark.parametrize(
    "unit",
    [
        "《",
        "发表在A",
        "published in ",
        "Nature ",
        "A of A of ",
        "(JAMA 311; ",
        "[A. ",
        "학술지 ",
        "科学誌ア",
        "Source: ",
    ],
)
def test_hostile_length_is_read_to_the_end(unit: str) -> None:
    text = unit * (60_000 // len(unit)) + "。这项研究发表在《柳叶刀》上"
    assert find_mentions(text)[-1].container == "柳叶刀"
