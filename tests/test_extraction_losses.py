"""No part of an article is lost: what the extractor drops is put back or recorded as a removal."""

import json

import pytest

from archive.article import Article
from archive.extraction import extract
from archive.extraction.boilerplate import is_sentence
from archive.page import Page

PARTS = [
    "Swimmers who trained in cold water for half an hour caught fewer colds than their neighbours, it was found.",
    "Their resting pulse fell within ten weeks, and most of them kept the habit after the end of the first winter.",
    "The nurses had weighed four hundred adults in two harbour towns, half of whom never went into the sea at all.",
    "None of them had to give up because of an illness, though some complained about wet towels in the first days.",
    "The benefit was greatest for people who swam in the morning, and smallest for those who came at the weekend.",
    "The council wants to repeat the count next spring, when the new pool with its warm showers will have opened.",
]
TITLE = "Cold water and colds"
LEAD = "A winter of cold baths kept half a town from coughing."


def paragraphs(parts: list[str]) -> str:
    return "".join(f"<p>{part}</p>" for part in parts)


def article(body: str, head: str = "") -> Article:
    page = f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return extract(Page(url="https://news.example/a", body=page.encode()))


def stated(text: str) -> str:
    value = {"@type": "NewsArticle", "headline": TITLE, "articleBody": text}
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


@pytest.mark.parametrize(
    "lead",
    [
        f'<div class="standfirst"><p>{LEAD}</p></div>',
        f'<p class="article__subtitle">{LEAD}</p>',
        f'<header><div class="teaser-text">{LEAD}</div></header>',
        f'<h2 class="intro">{LEAD}</h2>',
    ],
)
def test_the_lead_is_the_first_paragraph(lead: str) -> None:
    found = article(f'<h1>{TITLE}</h1>{lead}<div class="article-body">{paragraphs(PARTS)}</div>')
    assert found.text.split("\n\n") == [LEAD, *PARTS]


@pytest.mark.parametrize("name", ["author-bio summary", "related-teaser", "image-caption intro", "newsletter-intro"])
def test_a_box_that_is_named_like_a_lead_is_none(name: str) -> None:
    found = article(f'<h1>{TITLE}</h1><div class="{name}"><p>{LEAD}</p></div><main>{paragraphs(PARTS)}</main>')
    assert found.text.split("\n\n") == PARTS


@pytest.mark.parametrize("first", [1, 2, 4])
def test_a_text_in_two_containers_is_whole(first: int) -> None:
    halves = [f'<div class="story-text">{paragraphs(part)}</div>' for part in (PARTS[:first], PARTS[first:])]
    assert article(f"<div><h1>{TITLE}</h1>{'<aside></aside>'.join(halves)}</div>").text.split("\n\n") == PARTS


def test_a_box_of_related_links_ends_where_it_ends() -> None:
    box = '<div><h4>Related</h4><ul><li><a href="/a">Wet towels dry slowly</a></li></ul></div>'
    found = article(f"<h1>{TITLE}</h1><article>{paragraphs(PARTS[:4])}{box}{paragraphs(PARTS[4:])}</article>")
    assert found.text.split("\n\n") == PARTS
    assert [removal.text for removal in found.removals] == ["Related", "Wet towels dry slowly"]


def test_parts_named_like_advertisements_are_judged_together() -> None:
    sections = "".join(f'<section class="Part Part--ads"><p>{part}</p></section>' for part in PARTS)
    assert article(f"<article><h1>{TITLE}</h1>{sections}</article>").text.split("\n\n") == PARTS


def test_text_inside_a_bookmark_is_no_link() -> None:
    marked = [f'<a name="n{number}">{part}</a>' for number, part in enumerate(PARTS)]
    assert article(f"<h1>{TITLE}</h1>{paragraphs(marked)}").text.split("\n\n") == PARTS


@pytest.mark.parametrize(
    "text",
    [
        "Cold water keeps colds away, says the council. " * 6,  # a teaser that the page does not print
        " ".join(PARTS).replace("e", ""),  # text whose entities are gone
        " ".join(PARTS[:2]) + " Correction: the town has one pool, not two, and it is closed on Mondays." * 2,
    ],
)
def test_the_page_wins_over_what_json_ld_states(text: str) -> None:
    assert article(f"<h1>{TITLE}</h1><main>{paragraphs(PARTS)}</main>", stated(text)).text.split("\n\n") == PARTS


@pytest.mark.parametrize("markup", [paragraphs(PARTS), paragraphs(PARTS).replace("<", "&lt;").replace(">", "&gt;")])
def test_a_page_without_prose_has_the_stated_text(markup: str) -> None:
    found = article('<div id="app"><p>We use cookies to improve this site for you.</p></div>', stated(markup))
    assert found.text.split("\n\n") == PARTS


def test_prose_beside_the_content_is_recorded() -> None:
    beside = "The harbour museum shows the towels of four generations and opens every day, free for children."
    aside = f"<section><p>{beside}</p></section>"
    found = article(f'<h1>{TITLE}</h1><div class="article-body">{paragraphs(PARTS)}</div>{aside}')
    assert found.text.split("\n\n") == PARTS
    assert [(removal.text, removal.reason) for removal in found.removals] == [(beside, "left out")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2023年1月8日，护士在泳池边量了四十个人的脉搏。", True),
        ("记者从港区游泳馆获悉，冬泳班下周恢复上课。", True),
        ("阅读说明书的人不到一半，多数人只问价钱。", True),
        ("2023年1月8日、看護師が四十人の脈を測った。", True),
        ("By 2050, one in four swimmers will train in cold water, the council expects.", True),
        ("Share your towel with nobody before the first swim, not even with a friend.", True),
        ("Von den vierzig Teilnehmern haben nur drei vor dem Ende aufgehört, sagt der Trainer.", True),
        ("2023-01-08 09:30 来源：港区日报 编辑：小林", False),
        ("来源：港区日报，2023年1月8日。", False),
        ("2023年1月8日 港区日报", False),
        ("By Anna Example, Harbour Correspondent, Example News, 8 January 2023.", False),
        ("Medically reviewed by Anna Example, MD.", False),
        ("Published 8 January 2023", False),
    ],
)
def test_a_sentence_is_no_by_line(line: str, expected: bool) -> None:
    assert is_sentence(line) is expected


def test_a_long_list_beside_the_title_s_container_is_no_text() -> None:
    items = "".join(f"<li>Question {n}: {PARTS[n % 6]}</li>" for n in range(20))
    main = f"<div><h1>{TITLE}</h1>{''.join(f'<div><p>{part}</p></div>' for part in PARTS)}</div>"
    assert article(f'<section>{main}<div class="rail"><ul>{items}</ul></div></section>').text.split("\n\n") == PARTS


@pytest.mark.parametrize("pager", ["1", "1 2 3", "上一页 1 2 3 下一页", "Page 2 of 3", "« 1 2 »"])
def test_the_pager_is_removed(pager: str) -> None:
    found = article(f"<h1>{TITLE}</h1><main>{paragraphs(PARTS)}<div><p>{pager}</p></div></main>")
    assert found.text.split("\n\n") == PARTS
    assert not any(removal.advertises for removal in found.removals)


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["咨询热线 400-555-0100", "立即预约", "扫码咨询专家", "欢迎来电", "限时优惠，立即报名，名额有限"], 5),
        (["分享到", "微信好友", "Share on Facebook", "返回顶部", "联系我们", "相关阅读", "扫一扫在手机打开当前页"], 0),
    ],
)
def test_only_advertising_counts_as_advertising(lines: list[str], count: int) -> None:
    zh = ["港区游泳馆的护士在十周里量了四百个人的脉搏，冬泳的人感冒更少，她说这可能与作息有关，还需要观察。"] * 6
    found = article(f"<h1>冬泳与感冒</h1><main>{paragraphs([*zh[:3], *lines, *zh[3:]])}</main>")
    assert sum(removal.advertises for removal in found.removals) == count
