"""References as pages print them: broken identifiers, letters before pages, full-width forms, kinds."""

from typing import Any

import pytest

from archive.references import parse_reference
from archive.references.access_dates import read_access
from archive.references.identifiers import normalise_doi
from archive.references.web_addresses import web_addresses


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("10.1016/j.sleepex.2011. 04.877.", "10.1016/j.sleepex.2011.04.877"),
        ("10.1016/j.sleepex.2011.04. 877", "10.1016/j.sleepex.2011.04.877"),
        ("10.1097/02. slp.0000111222.33444.a1", "10.1097/02.slp.0000111222.33444.a1"),
        ("10.3969/j. issn. 1000-0001. 2012.02.003", "10.3969/j.issn.1000-0001.2012.02.003"),
        ("10.3760/ cma.j. cnki. 1000-0001. 2019. 02. 003", "10.3760/cma.j.cnki.1000-0001.2019.02.003"),
        ("10.1175/1520-0001(1990)118<0100:SASEAR>2.0.CO;2.", "10.1175/1520-0001(1990)118<0100:sasear>2.0.co;2"),
        ("10.1890/0012-0001(1999)080[0100:SAFIWB]2.0.CO;2", "10.1890/0012-0001(1999)080[0100:safiwb]2.0.co;2"),
        ("10.1175/1520-0001(1990)118&lt;0100:SASEAR&gt;2.0.CO;2", "10.1175/1520-0001(1990)118<0100:sasear>2.0.co;2"),
        ("10.1175/1520-0001(1990)118%3C0100:SA%3E2.0.CO%3B2", "10.1175/1520-0001(1990)118<0100:sa>2.0.co;2"),
        ("10.1234/sleep.2019. 2019 Mar 4", "10.1234/sleep.2019"),
        ("10.1234/sleep.2019. 12. Okafor N", "10.1234/sleep.2019"),
        ("10.1234/sleep.2019.01.002. 3.5 million nights", "10.1234/sleep.2019.01.002"),
    ],
)
def test_dois_with_spaces_and_brackets_are_read_whole(printed: str, doi: str) -> None:
    assert normalise_doi(printed) == doi


@pytest.mark.parametrize(
    ("printed", "date"),
    [
        ("[2021-03-04].", "2021-03-04"),
        ("[引用日期2012-08-19]", "2012-08-19"),
        ("访问日期：2020年3月4日", "2020-03-04"),
        ("2020-03-04检索", "2020-03-04"),
        ("閲覧日 2020年1月2日", "2020-01-02"),
        ("Accessed May 3, 2020.", "2020-05-03"),
        ("[cited 2020 Mar 4]", "2020-03-04"),
        ("Retrieved 4 January 2019, from", "2019-01-04"),
        ("(accessed 2020-05)", "2020-05"),
        ("Zugriff am 3.5.2020", "2020-05-03"),
        ("consulté le 3 août 2019", "2019-08-03"),
        ("Accessed 25/3/2020", "2020-03-25"),
        ("Accessed 3/4/2020", "2020"),
        ("Sleep. 2020;3:4.", None),
        ("[2020] 3 Sleep 4", None),
        ("Accessed 13/25/2020", None),
    ],
)
def test_dates_of_access(printed: str, date: str | None) -> None:
    found = read_access(printed)
    assert (found.date if found else None) == date


@pytest.mark.parametrize(
    ("printed", "address"),
    [
        ("见 https://example.org/item/失眠/12。另", "https://example.org/item/失眠/12"),
        ("(https://example.org/wiki/Sleep_(film)).", "https://example.org/wiki/Sleep_(film)"),
        (
            "https://www.example.org/fact-sheets/ detail/sleep-well",
            "https://www.example.org/fact-sheets/detail/sleep-well",
        ),
        ("http: //example.org/a, 2020", "http://example.org/a"),
        ("www.example.org/a.html", "http://www.example.org/a.html"),
        ("https://example.org/a/ Accessed May 3", "https://example.org/a/"),
        ("https://example.org/a，访问", "https://example.org/a"),
    ],
)
def test_addresses_are_kept_whole(printed: str, address: str) -> None:
    assert [found for _, found in web_addresses(printed)] == [address]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("GB 1234-1999 睡眠用枕头卫生标准", "standard"),
        ("《枕头标签通则》(GB/T 5678-2012)", "standard"),
        ("ISO 1234:2015 Pillows", "standard"),
        ("国家示例委员会. 枕头通用要求: GB 1234-2014[S]. 北京: 示例出版社, 2014.", "standard"),
        ("12 CFR 345.678 Pillows and blankets", "legislation"),
        ("国务院关于加强睡眠健康工作的意见（国发〔2011〕7号）", "legislation"),
        ("中华人民共和国睡眠保障法", "legislation"),
        ("https://www.example.org/sleep", "webpage"),
        ("百度百科：午睡", "webpage"),
        ("世界示例组织. 午睡[EB/OL]. (2019-01-02)[2020-03-04]. https://www.example.org/nap.", "webpage"),
        ("李华. 午睡多久合适. 健康报. 2018-03-04", "article-newspaper"),
        ("李华. 午睡多久合适[N]. 示例日报, 2018-03-04(5).", "article-newspaper"),
        ("Okafor N. Naps at sea [PhD thesis]. Oxford: University of Oxford; 2010.", "thesis"),
        ("Okafor N, Ek B. Naps. In: Hart C, editor. Handbook of Sleep. London: Springer; 2001. p. 12-20.", "chapter"),
        (
            "Okafor N. Naps. Proceedings of the 5th International Conference on Sleep, Oslo, 2010: 12-15.",
            "paper-conference",
        ),
        ("王华. 睡眠医学(第3版). 人民卫生出版社, 2018", "book"),
        ("见: 睡眠医学 第3章", "book"),
        ("见：《睡眠医学》第3章 午睡", "chapter"),
        ("US Patent 7,654,321", "patent"),
        ("Okafor N. Pillow. US 7654321 B2. 2010.", "patent"),
        ("Okafor N. Naps at sea [dataset]. 2019. https://www.example.org/data", "dataset"),
        ("Okafor N, Lee K. Naps at sea. Sleep Stud. 2019;12(3):45-51.", "article-journal"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert parse_reference(text).type == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Group on Naps. Guideline. Sleep Stud. 2021;99(3S):S1–S87.", {"pages": "S1–S87", "volume": "99"}),
        ("刘明, 陈静. 午睡指南解读[J]. 睡眠学报, 2016, 38(增刊1): S12-S18.", {"pages": "S12-S18", "volume": "38"}),
        ("Okafor N. Naps in Oslo. Sleep Stud. 2015;313(Suppl 2):e12-e19.", {"pages": "e12-e19"}),
        ("王一，刘明．夜班门诊调查［Ｊ］．睡眠医学，２０２１，２４（１１）：１３５６－１３６０．",
         {"year": 2021, "volume": "24", "issue": "11", "pages": "1356-1360"}),
        ("王一, 刘明, 1999. 老人的午睡: 问题与对策[J]. 睡眠医学(5): 38–39.",
         {"authors": ("王一", "刘明"), "title": "老人的午睡: 问题与对策",
          "container_title": "睡眠医学", "year": 1999, "issue": "5",
          "volume": None}),
        ("OKAFOR N, LEE K, 2014. Naps in fishing crews[J]. Sleep Studies, 35(2): 201-209.",
         {"title": "Naps in fishing crews", "year": 2014, "volume": "35"}),
        ("Okafor N. “Naps at Sea.” Sleep Medicine (7): 3–9, 2016.", {"issue": "7", "volume": None, "pages": "3–9"}),
        ("GB 1234-1999 枕头卫生标准", {"title": "GB 1234-1999 枕头卫生标准", "year": 1999, "volume": None}),
        ("12 CFR 345.1670 Pillows", {"title": "12 CFR 345.1670 Pillows", "label": None, "year": None}),
        ("见：《睡眠医学》第3章 午睡", {"title": "午睡", "container_title": "睡眠医学"}),
        ("夜班与睡眠的关系", {"title": "夜班与睡眠的关系"}),
        ("Okafor N. Naps [Internet]. 2019 [cited 2020 Mar 4]. Available from: https://example.org/naps",
         {"accessed": "2020-03-04", "url": "https://example.org/naps"}),
    ],
)  # fmt: skip
def test_fields(text: str, expected: dict[str, Any]) -> None:
    read = parse_reference(text)
    assert {name: getattr(read, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Okafor N, Lee K, et al. Naps at sea. Sleep Stud. 2019;12(3):45-51.", True),
        ("Okafor et al. Naps at sea. Sleep Stud. 2019;12(3):45-51.", True),
        ("王一, 刘明, 等. 老人的午睡[J]. 睡眠医学, 2018, 20(4): 301-305.", True),
        ("王一等. 老人的午睡[J]. 睡眠医学, 2018, 20(4): 301-305.", True),
        ("山本健太郎, 森学ほか. 高齢者の昼寝. 日本老年医学会雑誌 2016; 53: 112–118.", True),
        ("山本健太郎ら. 高齢者の昼寝. 日本老年医学会雑誌 2016; 53: 112–118.", True),
        ("Okafor N, Lee K. Naps at sea. Sleep Stud. 2019;12(3):45-51.", False),
        ("王一, 刘明. 小学生等人群的午睡[J]. 睡眠医学, 2018, 20(4): 301-305.", False),
    ],
)
def test_authors_left_out_are_told(text: str, more: bool) -> None:
    assert parse_reference(text).et_al is more
