"""What a query finds, whatever is typed, and the snippet that is shown."""

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from archive.references.identify import identify
from archive.retrieval.engine import Results, matching, search
from archive.retrieval.query import MAX_LENGTH, fts_query, parse
from archive.retrieval.snippet_window import best_window
from archive.retrieval.snippets import find_hits, render, segments, snippet
from archive.text.folding import BRIDGED, UNSPACED, fold
from tests.search_archive import bare_archive


def _archive(*articles: dict[str, Any]) -> Database:
    """The articles, numbered from 1 unless they say otherwise."""
    db = bare_archive()
    for number, article in enumerate(articles, 1):
        references = article.pop("references", [])
        db.table("articles").insert({"id": number, "url": f"https://example.org/{number}", **article})
        rows = [{"article_id": number, "position": place, **row} for place, row in enumerate(references)]
        db.table("bibliography").insert_all(rows)
    db.conn.commit()
    return db


def _literal(query: str) -> str:
    return " OR ".join(term.literal for clause in parse(query) for term in clause.terms)


def _found(db: Database, query: str, **options: Any) -> list[int]:
    return [hit.id for hit in search(db, query, **{"limit": 0, **options}).hits]


@pytest.fixture(scope="module")
def library() -> Database:
    """Five articles that differ in everything a search can ask for."""
    cited = {"raw": "[1] Li M. Stem cells. Sci. 2016. doi: 10.21037/sci.2016.09.03", "doi": "10.21037/sci.2016.09.03"}
    trial = {"raw": "[2] A trial. PMID: 27777937, PMC5067369.", "pmid": "27777937", "pmcid": "PMC5067369"}
    return _archive(
        {
            "title": "幹細胞治療",
            "text": "患者接受間充質幹細胞移植。",
            "source": "博雅生物",
            "language": "zh-Hant",
            "site": "a",
            "published": "2024-05-21",
            "references": [cited],
        },
        {
            "title": "肝癌新藥",
            "text": "临床试验表明，干细胞与IL-10有关。\n\n第二段：癌症患者。",
            "source": "新華社",
            "site": "a",
            "published": "2023-12-31",
            "language": "zh-Hans",
            "references": [cited, trial],
        },
        {
            "title": "T cell therapy",
            "published": "2024-01-01",
            "site": "b",
            "language": "en",
            "text": "Treated patients had more T cells and TGF-β1, see 10.21037/sci.2016.09.03.",
        },
        {
            "title": "Cancer news",
            "site": "b",
            "language": "en",
            "text": "A cell is not a T-shirt. IL 10 and IL100 differ.",
        },
        {"title": "未知", "language": "zh"},
    )


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("幹細胞", {1, 2}),
        ("干细胞", {1, 2}),
        ("患者", {1, 2}),
        ("癌", {2}),
        ("患者 癌", {2}),
        ("患者 AND 癌", {2}),
        ("患者 -癌", {1}),
        ("患者 NOT 癌", {1}),
        ("癌 OR 移植", {1, 2}),
        ("癌 OR 移植 IL10", {2}),
        ("-癌", {2}),
        ("NOT", {4}),
        ("OR", set()),
        ("治療患者", set()),
        ('"T cell"', {3}),
        ("“T cell”", {3}),
        ('"T cell', {3}),
        ("T cell", {3, 4}),
        ("treating", {3}),
        ("ther*", {3}),
        ('"t shir"*', {4}),
        ("title:cell", {3}),
        ("title:癌 患者", {2}),
        ("Title:干细胞", {1}),
        ("title: cell", set()),
        ("source:新华社", {2}),
        ("source:博雅 source:生物", {1}),
        ("新华社", set()),
        ("-source:新华社 患者", {1}),
        ("TGFβ1", {3}),
        ("TGF-beta1", {3}),
        ("ＩＬ１０", {2, 4}),
        ("10.21037/sci.2016.09.03", {1, 2, 3}),
        ("10.21037/sci.2016.09.03 -癌", {1, 3}),
        ("-10.21037/sci.2016.09.03 cell", {4}),
        ("PMID: 27777937 OR TGFβ1", {2, 3}),
        ("10.9999/unknown", set()),
        ("...", set()),
        ("患者，癌", {2}),
        ("患者、癌", {2}),
        ("患者, 癌；", {2}),
        ("癌/患者", {2}),
        ("癌｜患者", {2}),
        ("“患者，癌”", set()),
        ("标题：干细胞", {1}),
        ("標題:干細胞", {1}),
        ("来源：博雅；患者", {1}),
        ("タイトル：cell", {3}),
        ("cell/IL10", {4}),
    ],
)
def test_query(library: Database, query: str, ids: set[int]) -> None:
    every = {1, 2, 3, 4, 5} if query == "..." else ids  # nothing to look for: all there is
    assert set(_found(library, query)) == every


@pytest.mark.parametrize(
    "query",
    ["10.21037/SCI.2016.09.03", "doi:10.21037/sci.2016.09.03", "DOI： 10.21037/sci.2016.09.03.",
     "https://doi.org/10.21037/sci.2016.09.03", "http://dx.doi.org/10.21037%2Fsci.2016.09.03",
     "doi.org/10.21037/sci.2016.09.03", '"10.21037/sci.2016.09.03"'],
)  # fmt: skip
def test_spellings_of_a_doi(library: Database, query: str) -> None:
    assert _found(library, query) == [1, 3, 2], "newest first"


@pytest.mark.parametrize(
    "query",
    ["PMID 27777937", "PMID：２７７７７９３７", "pmid27777937", "27777937", "PMC5067369", "PMCID: PMC5067369",
     "https://pubmed.ncbi.nlm.nih.gov/27777937/", "https://pmc.ncbi.nlm.nih.gov/articles/PMC5067369/"],
)  # fmt: skip
def test_spellings_of_a_pmid(library: Database, query: str) -> None:
    assert _found(library, query) == [2]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("NCT01234567", "nct"), ("arXiv:2101.00001v2", "arxiv"), ("ChiCTR2000029308", "chictr"), ("1998", None),
     ("10.1000/x的研究", None), ("see 10.1000/x", None), ("https://example.org/a", None), ("", None)],
)  # fmt: skip
def test_identify(text: str, kind: str | None) -> None:
    found = identify(text)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"site": "a"}, [1, 2]),
        ({"site": ""}, [5]),
        ({"language": "zh"}, [1, 2, 5]),
        ({"language": "ZH-hans"}, [2]),
        ({"language": "z*"}, []),
        ({"since": "2024"}, [1, 3]),
        ({"since": "2024-01-02"}, [1]),
        ({"until": "2024-01"}, [3, 2]),
        ({"until": "2023"}, [2]),
        ({"source": "博雅"}, [1]),
        ({"source": "!"}, []),
        ({"cites": "doi:10.21037/sci.2016.09.03"}, [1, 2]),
        ({"cites": "stem cells"}, [1, 2]),
        ({"cites": "nobody"}, []),
        ({"site": "a", "language": "zh-Hans", "since": "2023", "cites": "PMC5067369"}, [2]),
        ({"site": "\ud800\0"}, []),
    ],
)
def test_filters(library: Database, filters: dict[str, str], ids: list[int]) -> None:
    assert _found(library, "", **filters) == ids
    assert set(_found(library, "患者", **filters)) == set(ids) & {1, 2}


def test_order_and_pages(library: Database) -> None:
    assert _found(library, "") == [1, 3, 2, 5, 4], "newest first, undated last"
    assert _found(library, "cell", sort="rank") == [3, 4], "the title counts more"
    assert _found(library, "患者 OR cell", sort="date") == [1, 3, 2, 4]
    assert _found(library, "患者 OR cell", sort="references") == [2, 1, 4, 3], "equal ones: the last archived first"
    page = search(library, "患者 OR cell", sort="date", limit=2, offset=1)
    assert ([hit.id for hit in page.hits], page.total) == ([3, 2], 4)
    assert search(library, "cell", limit=1).total == 2
    assert search(library, "10.21037/sci.2016.09.03", limit=1, site="a").total == 2
    assert search(library, "cell", offset=5).hits == ()


def test_hits_show_what_was_written(library: Database) -> None:
    hit = search(library, "干细胞", site="a", language="zh-Hant", mark=("[", "]")).hits[0]
    assert hit.snippet == "患者接受間充質[幹細胞]移植。"
    assert hit.title_segments == (("幹細胞", True), ("治療", False))
    assert (hit.url, hit.site, hit.source, hit.published) == ("https://example.org/1", "a", "博雅生物", "2024-05-21")


def test_a_citing_article_shows_the_reference(library: Database) -> None:
    hits = {hit.id: hit.snippet for hit in search(library, "10.21037/sci.2016.09.03").hits}
    assert hits[1] == "[1] Li M. Stem cells. Sci. 2016. doi: <b>10.21037/sci.2016.09.03</b>"
    assert hits[3] == "Treated patients had more T cells and TGF-β1, see <b>10.21037/sci.2016.09.03</b>."


WORDS = [
    *("患者", "幹細胞", "IL10", "β", "10.1000/x", "27777937", "PMID", "doi:", "https://doi.org/", "://"),
    *("“", '"', "-", "OR", "NOT", "AND", "title:", "source:", "*", "(", ")", "NEAR(", "^", "{title}:", "+", "["),
    *(" ", "\0", "\ud800"),
]


@settings(max_examples=300)
@given(
    st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map("".join), st.lists(st.sampled_from(WORDS)).map(" ".join))
)
@example('"')
@example("https://[")
def test_no_query_raises(library: Database, query: str) -> None:
    assert library.execute(
        "select count(*) from articles_fts where articles_fts match ?", [fts_query(query)]
    ).fetchone()
    assert isinstance(search(library, query, source=query, cites=query), Results)


@pytest.mark.parametrize(
    "query", ["患" * 100_000, "a " * 50_000, '"' * 99_999, "pmid" + " " * 99_999, "-title:" * 20_000]
)
def test_long_queries_are_cut(library: Database, query: str) -> None:
    assert fts_query(query) == fts_query(query[:MAX_LENGTH])
    assert len(fts_query(query)) < 10 * MAX_LENGTH
    assert search(library, query).total <= 5


def test_a_cut_leaves_no_operator_behind(library: Database) -> None:
    assert set(_found(library, " OR ".join(["cell"] * 100))) == {3, 4}


HAN = "患幹细癌肝臺的"
SPACE_BETWEEN = re.compile(rf"(?<=[{UNSPACED}])[{BRIDGED}](?=[{UNSPACED}])")
PRINTED = st.text(st.sampled_from(HAN + "，。 \n"), max_size=60)


@settings(max_examples=60)
@given(st.lists(st.tuples(PRINTED, PRINTED), max_size=12), st.text(st.sampled_from(HAN), min_size=1, max_size=6))
def test_chinese_words_are_all_found(articles: list[tuple[str, str]], word: str) -> None:
    db = _archive(*({"title": title, "text": text} for title, text in articles))
    expected = {
        number
        for number, article in enumerate(articles, 1)
        if any(fold(word) in SPACE_BETWEEN.sub("", fold(part)) for part in article)
    }
    assert set(_found(db, word)) == expected


MIXED = "2型糖尿病 IL10癌症，PD1抗体 T细胞 β细胞 2024年初。癌，肝脏 干\u00a0细胞 幹\ufeff細胞"


@pytest.mark.parametrize(
    "query",
    ["2型", "2型糖", "IL10癌", "IL10癌症", '"IL10 癌"', "PD1抗", "PD1抗体", "T细", "T细胞", "β细", "beta细胞", "2024年",
     '"癌，肝"', "干细胞", "体T细胞", "病IL10"],
)  # fmt: skip
def test_a_word_may_end_within_a_pair(query: str) -> None:
    db = _archive({"text": MIXED}, {"text": "别的"})
    assert _found(db, query) == [1]
    assert _found(db, f"别的 OR 糖尿病 -{query}") == [2]


BESIDE = st.sampled_from(["IL", "10", "β", "T ", "，", "。", ""])


@settings(max_examples=60)
@given(
    st.lists(st.tuples(BESIDE, st.text(st.sampled_from(HAN), min_size=1, max_size=4)), min_size=1, max_size=6),
    st.data(),
)
def test_beginnings_of_chinese_words_are_found_beside_anything(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    db = _archive({"text": " ； ".join(before + word for before, word in parts)})
    before, word = data.draw(st.sampled_from(parts))
    beginning = word[: data.draw(st.integers(1, len(word)))]
    assert _found(db, f'"{before}{beginning}"') == [1]


@pytest.mark.parametrize(
    "odd", ["a＂b", "x＂site:y", '"', "＂", "10.1000/a%EF%BC%82b", "a" + "。" * 400_000, "a β " * 100_000]
)
def test_no_text_raises(library: Database, odd: str) -> None:
    for name in ("source", "cites", "site", "language"):
        narrowed: dict[str, Any] = {name: odd}
        assert search(library, odd, **narrowed).total <= 5


@pytest.mark.parametrize(("limit", "offset"), [(10**30, 0), (3, 10**30), (2**63 - 1, 3), (0, 2)])
def test_no_limit_raises(library: Database, limit: int, offset: int) -> None:
    assert len(search(library, "cell", limit=limit, offset=offset).hits) <= 2
    assert len(matching(library, "cell", limit=limit)) in (1, 2)


def test_a_malformed_date_loses_nothing() -> None:
    db = _archive({"text": "癌", "published": "May 2024"}, {"text": "癌", "published": "2024-05-21"}, {"text": "癌"})
    assert set(_found(db, "癌")) == set(_found(db, "癌", sort="date")) == {1, 2, 3}
    assert _found(db, "癌", since="2024") == [2]


@pytest.mark.parametrize(
    ("query", "filters", "ids"),
    [
        ("-癌", {}, {2}),
        ("-癌", {"site": "a"}, {1}),
        ("-癌 site:a", {}, {1}),
        ("-has:references", {}, {3, 4, 5}),
        ("-cell", {"language": "en"}, set()),
        ("(患者 OR site:b)", {}, {1, 2, 3, 4}),
        ("(site:b OR 患者)", {}, {1, 2, 3, 4}),
        ("『T cell』", {}, {3}),
        ("since:２０２４", {}, {1, 3}),
        ("since:2024/05", {}, {1}),
        ("since:20240521", {}, set()),
        ("since:2024-13", {}, set()),
        ("ORF 1 OR 癌", {}, {2}),
    ],
)
def test_readings_of_a_query(library: Database, query: str, filters: dict[str, Any], ids: set[int]) -> None:
    assert set(_found(library, query, **filters)) == ids


@pytest.mark.parametrize("query", ["TGF β1", "TGF beta 1", "TGFbeta1", "TGF-beta1", "TGFβ1"])
def test_a_space_before_a_greek_letter(query: str) -> None:
    assert set(_found(_archive({"text": "TGFbeta1"}, {"text": "TGF-β1"}, {"text": "TGF and beta"}), query)) == {1, 2}


LETTERS, NUMBERS = st.sampled_from(["IL", "CD", "TGF", "PD", "miR"]), st.sampled_from(["1", "10", "21", "100"])
JOINTS = st.sampled_from(["", "-", " ", "－", "‑"])
NAMES = st.tuples(LETTERS, NUMBERS)


@settings(max_examples=60)
@given(st.lists(st.tuples(NAMES, JOINTS), max_size=8), NAMES, st.sampled_from(["", "-", "－", "‑"]))
def test_identifiers_are_found_in_any_spelling(
    printed: list[tuple[tuple[str, str], str]], name: tuple[str, str], joint: str
) -> None:
    db = _archive(*({"text": f"服用{letters}{middle}{number}的患者"} for (letters, number), middle in printed))
    expected = {place for place, (other, _) in enumerate(printed, 1) if other == name}
    assert set(_found(db, joint.join(name))) == expected


def _snippet(text: str, query: str, mark: tuple[str, str] = ("<", ">")) -> str:
    [(_, hits)] = find_hits(_literal(query), [("", text)])
    return render(snippet(text, hits, best_window(text, hits)), mark)


def test_snippet_takes_the_best_place() -> None:
    text = "前言患者。" * 40 + "\n\n" + "患者" + "中" * 30 + "患者乙肝癌" + "尾" * 60
    assert _snippet(text, "患者 OR 肝癌") == "…" + "中" * 10 + "<患者>乙<肝癌>" + "尾" * 25 + "…"


@pytest.mark.parametrize(("at", "before", "after"), [(0, 0, 23), (3, 3, 20), (100, 6, 17), (199, 23, 0)])
def test_snippet_of_english(at: int, before: int, after: int) -> None:
    words = [f"word{number}" for number in range(200)]
    words[at] = "target"
    shown = _snippet(" ".join(words), "target", ("", "")).replace("…", " ").split()
    assert shown.index("target") == before
    assert len(shown) == before + 1 + after


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("一\n\n二", "一 二"),
        ("甲。\n\n乙患者", "…乙<患者>"),
        ("x" * 5000, "x" * 960 + "…"),
        ("患" * 50, "<患>" * 40 + "…"),
    ],
)
def test_snippet_at_the_edges(text: str, shown: str) -> None:
    assert _snippet(text, "患者 OR 患") == shown


MARKED = st.text(st.sampled_from("ab 1β幹Ⅱ\u200b\ufdd0é\n，"), max_size=200)


@given(MARKED, st.sampled_from(["干", "II", "beta", "a", "b1", "ab"]))
def test_segments_are_the_text(text: str, query: str) -> None:
    [(_, hits)] = find_hits(_literal(query), [("", text)])
    assert "".join(piece for piece, _ in segments(text, hits)).split() == text.split()
    assert all(fold(piece).strip() for piece, hit in snippet(text, hits, best_window(text, hits)) if hit)
    assert [piece for piece, hit in segments(text, hits) if hit] == [" ".join(text[a:b].split()) for a, b in hits]
