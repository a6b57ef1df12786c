"""Names of authors and editors, in print and in metadata."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dom.tree import parse
from archive.extraction.author_names import names_from_metadata, split_names
from archive.extraction.metadata import Metadata, read_metadata


def read(head: str, body: str) -> Metadata:
    source = f"<html><head>{head}</head><body><h1>A walk a day</h1>{body}</body></html>"
    return read_metadata(parse(source), "https://a.example/1")


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("赵青、陈一鸣", ("赵青", "陈一鸣")),
        ("赵青 陈一鸣", ("赵青", "陈一鸣")),
        ("Ann Lee, MD, and Bo Ek, PhD", ("Ann Lee", "Bo Ek")),
        ("Dr. Ann Lee", ("Ann Lee",)),
        ("Ludwig van Damme & Ann O'Neill", ("Ludwig van Damme", "Ann O'Neill")),
        ("杜硕_NB12556", ("杜硕",)),
        ("早瀬みのり", ("早瀬みのり",)),
        ("Ann Lee (ann77)", ("Ann Lee",)),
        ("LEV PARSON, Health Correspondent and Dr. Ana Ruiz", ("LEV PARSON", "Ana Ruiz")),
        ("Petra Lindner, Medizinredakteurin", ("Petra Lindner",)),
        ("Ann Lee, Senior Director, Content and Marketing, Example Institute", ("Ann Lee",)),
        ("Ann Rose Lee RDN, CDCES", ("Ann Rose Lee",)),
        ("Ann Lee, March", ("Ann Lee",)),
        ("April Lee", ("April Lee",)),
        ("Mads Holm og Tora Riis", ("Mads Holm", "Tora Riis")),
        ("赵青记者", ("赵青",)),
        ("城西晚报记者 赵青 陈一鸣", ("赵青", "陈一鸣")),
        ("David Straub, STADTRADIO OST", ("David Straub",)),
        ("赵青、城西日报", ("赵青",)),
        ("신현주 기자", ("신현주",)),
        ("记者", ()),
        ("Written By", ()),
        ("admin", ()),
        ("three short examples", ()),
        ("2024", ()),
        ("", ()),
    ],
)
def test_printed_names(printed: str, names: tuple[str, ...]) -> None:
    assert split_names([printed]) == names


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ann Lee, Bo Ek", ("Ann Lee", "Bo Ek")),
        ("Centers for Care and Prevention", ("Centers for Care and Prevention",)),
        ("Lee, Ann B.", ("Lee, Ann B",)),
        ("Ann Lee, MD - Riverbend Editorial Team", ("Ann Lee",)),
        ("Staff reporter", ()),
        ("www.a.example/ann", ()),
        ("page.head.author", ()),
        ("https://a.example/ann", ()),
        ("103553", ()),
    ],
)
def test_names_from_metadata(value: str, names: tuple[str, ...]) -> None:
    assert names_from_metadata([value]) == names


@given(st.text(max_size=60))
def test_names_are_in_the_text(text: str) -> None:
    assert all(name in text for name in split_names([text]))


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Ann Lee", ("Ann Lee",)),
        ("By <a href=/a>Ann Lee</a> and <a href=/b>Bo Ek</a>", ("Ann Lee", "Bo Ek")),
        ("<span>By Ann Lee</span> <span>Updated on May 8, 2024</span>", ("Ann Lee",)),
        ("Written by: Ann Lee | 4 min read", ("Ann Lee",)),
        ("Posted by Ann Lee on May 8, 2024", ("Ann Lee",)),
        ("Von Frauke Linde | 14. September 2023", ("Frauke Linde",)),
        ("Por Ana Lima", ("Ana Lima",)),
        ("作者：赵青", ("赵青",)),
        ("文／葉書寧", ("葉書寧",)),
        ("撰文 | 赵青", ()),
        ("取材・文：早瀬みのり", ("早瀬みのり",)),
        ("本报记者 赵青", ("赵青",)),
        ("<span class=author>Ann Lee</span> <time datetime=2024-05-21>21 May</time>", ("Ann Lee",)),
        ("<a rel=author href=/a>Ann Lee</a>", ("Ann Lee",)),
        ("<span class='author vcard'><a class='url fn' href=/a>Ann Lee</a></span>", ("Ann Lee",)),
        ("<span class=byline-item>Written by <b>Ann Lee</b><i>Dietitian</i></span>", ("Ann Lee",)),
        ("<span class=authors><a>Ann Lee</a>, <a>Bo Ek</a> and <a>Cy Dahl</a></span>", ("Ann Lee", "Bo Ek", "Cy Dahl")),
        ("<span class=writer>记者 赵青</span>", ("赵青",)),
        ("<span class=author-title>Health Writer</span>", ()),
        ("<span class=comment-author>Ann Lee</span>", ()),
        ("Ann Lee, Health Correspondent", ("Ann Lee",)),
        ("赵青 / 城西日报记者", ("赵青",)),
        ("来源：城西日报 记者赵一鸣", ("赵一鸣",)),
        ("By Ann Lee June 3, 2024", ("Ann Lee",)),
        ("By Ann Lee of Riverbend", ("Ann Lee",)),
        ("本报讯（记者 赵青 陈一鸣）社区课程恢复，每周三晚开讲。", ("赵青", "陈一鸣")),
        ("河湾网5月21日讯（记者赵青 整合）社区课程恢复，每周三晚开讲。", ("赵青",)),
        ("记者从市卫健委获悉，课程恢复。", ()),
        ("Share your worries with a friend.", ()),
        ("By 2050, half of all adults will sleep less.", ()),
        ("<span class=author>View all posts</span>", ()),
        ("By Christmas the ward was full again", ()),
        ("Written by</p><p>Ann Lee", ("Ann Lee",)),
        ("Author</p><p>Ann Lee", ("Ann Lee",)),
        ("Photo <i>by</i> <a>Bo Ek</a></p><p>By Ann Lee", ("Ann Lee",)),
        ("Medically reviewed by <a>Bo Ek, MD</a> — By <a>Ann Lee</a> — Updated on May 8, 2024", ("Ann Lee",)),
        ("Medically <i>reviewed</i> by <a>Bo Ek, MD</a> — Written by <a>Ann Lee</a>", ("Ann Lee",)),
        ("Published May 8, 2024 by Ann Lee", ("Ann Lee",)),
        ("Publié le 8 mai 2024 à 10h30 par Claire Morel", ("Claire Morel",)),
        ("By Ann Lee</p><p>Author: Bo Ek", ("Ann Lee",)),
        ("Автор: Анна Лебедева", ("Анна Лебедева",)),
        ("신현주 기자 | 입력 2024.05.03 09:12", ("신현주",)),
        ("本报记者 赵青 通讯员 陈一鸣", ("赵青", "陈一鸣")),
        ("采写：城西晚报见习记者 赵青", ("赵青",)),
        ("（文/赵青 图/陈一鸣）", ("赵青",)),
        ("<a href=/writers/ann-lee>Ann Lee</a> in <a href=/food>Food</a>", ("Ann Lee",)),
        ("<a href=/food/ann-lee>Ann Lee</a>", ()),
        ("<span class=post-jobsite__author>Ann Lee</span>", ("Ann Lee",)),
        ("Recipe by Ann Lee", ("Ann Lee",)),
    ],
)
def test_bylines(line: str, authors: tuple[str, ...]) -> None:
    assert read("", f"<p>{line}</p><p>Text.</p>").authors == authors


@pytest.mark.parametrize(
    ("line", "editors"),
    [
        ("责任编辑：陈一鸣 审核：周和", ("陈一鸣", "周和")),
        ("責任編輯／陳一鳴", ()),
        ("監修：早瀬みのり", ("早瀬みのり",)),
        ("Medically reviewed by Noor Aziz, MD", ("Noor Aziz",)),
        ("<span>Source: Riverbend</span> <span>Reviewed by Tomas Hale, PhD</span>", ("Tomas Hale",)),
        ("Medizinisch geprüft von Dr. Ada Kern", ("Ada Kern",)),
    ],
)
def test_editors_are_authors_if_no_author_is_named(line: str, editors: tuple[str, ...]) -> None:
    facts = read("", f"<p>{line}</p><p>Text.</p>")
    assert (facts.editors, facts.authors) == (editors, editors)


@pytest.mark.parametrize(
    ("language", "line", "authors"),
    [
        ("nl", "Door Saskia de Wit", ("Saskia de Wit",)),
        ("sv-SE", "Av Karin Holm", ("Karin Holm",)),
        ("en", "Av Karin Holm", ()),
    ],
)
def test_bylines_of_a_declared_language(language: str, line: str, authors: tuple[str, ...]) -> None:
    source = f"<html lang={language}><h1>A walk a day</h1><p>{line}</p><p>Text.</p>"
    assert read_metadata(parse(source), "https://a.example/1").authors == authors


@pytest.mark.parametrize(
    ("tail", "authors"),
    [
        ("<h3>About the author</h3><h4>Ann Lee</h4>", ("Ann Lee",)),
        ("<h3>Über die Autorin</h3><p>Petra Lindner</p>", ("Petra Lindner",)),
        ("<p>This post was written by Ann Lee, Head of Care</p>", ("Ann Lee",)),
        ("<p>Written by Ann Lee</p><p>Written by Bo Ek</p>", ()),
        ("<div class=comments><p>Posted by Ann Lee</p></div>", ()),
        ("<ol><li>Authors: Ann Lee, Bo Ek. Walks. 2019.</li></ol>", ()),
        ("<div data-author='Ann Lee'>…</div>", ("Ann Lee",)),
        ("<i data-author='Ann Lee'></i><i data-author='Bo Ek'></i>", ()),
    ],
)
def test_authors_named_far_from_the_title(tail: str, authors: tuple[str, ...]) -> None:
    assert read("", "<p>Text.</p>" * 30 + tail + "<p>Text.</p>" * 50).authors == authors


@pytest.mark.parametrize(
    ("label", "authors"), [("Written by", ("Ann Lee",)), ("Verfasst von", ("Ann Lee",)), ("Reading time", ())]
)
def test_the_author_on_a_card_for_twitter(label: str, authors: tuple[str, ...]) -> None:
    head = f"<meta name=twitter:label1 content='{label}'><meta name=twitter:data1 content='Ann Lee'>"
    assert read(head, "<p>Text.</p>").authors == authors


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ('{"givenName":"Ann","familyName":"Lee"}', ("Ann Lee",)),
        ('{"@id":"#a"}', ("Ann Lee",)),
        ('{"@type":"Person","name":"Riverbend"}', ("Riverbend",)),
        ('{"@type":"Organization","name":"Riverbend"}', ()),
        ('"Riverbend"', ()),
    ],
)
def test_authors_in_json_ld(author: str, authors: tuple[str, ...]) -> None:
    nodes = f'[{{"@type":"Article","author":{author}}},{{"@id":"#a","@type":"Person","name":"Ann Lee"}}]'
    site = "<meta property=og:site_name content=Riverbend>"
    assert read(f'{site}<script type="application/ld+json">{nodes}</script>', "<p>Text.</p>").authors == authors


CARD = "<b class=author>Ann Lee</b><div itemscope itemtype=http://schema.org/Article>{}</div>"
LD = '<script type="application/ld+json">{"@type":"Article","author":{"name":"Ann Lee"}}</script>'


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        (LD, "<p>By Bo Ek</p>", "Ann Lee"),
        ("<meta name=author content='Bo Ek'>", "<p>By Ann Lee</p>", "Ann Lee"),
        ("<meta name=author content='Ann Lee'>", "<i itemprop=author>Bo Ek</i>", "Ann Lee"),
        ("", "<i property='dc:creator'>Ann Lee</i><p>Reviewed by Bo Ek</p>", "Ann Lee"),
        (
            '<script type="application/ld+json">{"@type":"Article","creator":"Ann Lee"}</script>',
            "<p>By Bo Ek</p>",
            "Ann Lee",
        ),
        ("<meta name=author content='Riverbend Media Inc.'>", "<p>By Ann Lee</p>", "Ann Lee"),
        ("<meta name=author content='Riverbend Media Inc.'>", "", "Riverbend Media Inc"),
        (LD.replace('{"name"', '{"@type":"Organization","name"'), "<p>By Bo Ek</p>", "Bo Ek"),
        ("", "<div itemprop=author itemscope>By <b itemprop=name>Ann Lee</b> yesterday</div>", "Ann Lee"),
        ("", "<p>By Ann Lee</p><ol><li itemprop=citation itemscope><i itemprop=author>Bo Ek</i></ol>", "Ann Lee"),
        (
            "<title>A walk a day</title>",
            CARD.format("<i itemprop=author>Bo Ek</i><i itemprop=headline>Other</i>"),
            "Ann Lee",
        ),
        ("<meta name=author content='Ann Lee'><meta property=og:site_name content='Ann Lee'>", "", "Ann Lee"),
        (
            "<meta name=author content=Riverbend><meta property=og:site_name content=Riverbend>",
            "<p>By Ann Lee</p>",
            "Ann Lee",
        ),
    ],
)
def test_the_source_with_the_higher_rank_names_the_author(head: str, body: str, author: str) -> None:
    assert read(head, body).authors == (author,)
