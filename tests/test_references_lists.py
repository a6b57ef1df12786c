"""Lists of references: their headings, shapes, labels and ends, and what becomes of the page."""

import lxml.html
import pytest

from archive.references.lists import ListEntry, take_lists, to_reference
from tests.reference_pages import ENTRY as A
from tests.reference_pages import page

B = "陈一鸣, 赵晓云. 社区老年人睡眠质量调查[J]. 健康研究, 2018, 20(4): 301-305."
C = "Mori K, et al. Walking and mood. J Moods. 2020;5:77-80. doi:10.1234/jm.2020.77"


def taken(body: str) -> tuple[list[tuple[str | None, str]], str]:
    root = page(body)
    return [(entry.label, entry.raw) for entry in take_lists(root)], root.text_content()


@pytest.mark.parametrize(
    "heading",
    [
        "<h2>参考文献</h2>",
        "<p>【参考文献】</p>",
        "<p><strong>参考资料：</strong></p>",
        "<div>七、参考文献</div>",
        "<h3>References</h3>",
        "<p>REFERENCES:</p>",
        "<h2>Literatur</h2>",
        "<h4>参考資料</h4>",
        "<h4>Références</h4>",
        "<p>Links to the science</p>",
        "<h2>Further reading</h2>",
        "<p>References (3)</p>",
    ],
)
def test_list_under_a_heading(heading: str) -> None:
    entries, rest = taken(f"{heading}<p>[1] {A}</p><p>[2] {B}</p><p>[3] {C}</p><p>免责声明：仅供参考。</p>")
    assert entries == [("1", f"[1] {A}"), ("2", f"[2] {B}"), ("3", f"[3] {C}")]
    assert rest.endswith("免责声明：仅供参考。")
    assert "参考文献" not in rest
    assert "eferences" not in rest


@pytest.mark.parametrize(
    ("html", "labels"),
    [
        (f"<ol><li>{A}</li><li>{B}</li></ol>", ["1", "2"]),
        (f"<ol start=4><li>{A}</li><li value=9>{B}</li></ol>", ["4", "9"]),
        (f"<ul><li id=ref-1>{A}</li><li id=ref-2>{B}</li></ul>", ["1", "2"]),
        (f"<ul><li>{A}</li><li>{B}</li></ul>", [None, None]),
        (f"<p>[1] {A}<br>[2] {B}</p>", ["1", "2"]),
        (f"<p>[1] {A} [2] {B}</p>", ["1", "2"]),
        (f"<p>1. {A} 2. {B}</p>", ["1", "2"]),
        (f"<table><tr><td>1</td><td>{A}</td></tr><tr><td>2</td><td>{B}</td></tr></table>", ["1", "2"]),
        (f"<section><span>①{A}</span></section><section><span>②{B}</span></section>", ["1", "2"]),
        (f"<div><p>{A}</p></div><div><p>{B}</p></div>", [None, None]),
        (f"<dl><dt>[1]</dt><dd>{A}</dd><dt>[2]</dt><dd>{B}</dd></dl>", ["1", "2"]),
        (f"<ol><li>{A}</li></ol><div>More References (1)</div><ol start=2><li>{B}</li></ol>", ["1", "2"]),
    ],
)
def test_shapes_of_lists(html: str, labels: list[str | None]) -> None:
    entries, rest = taken(f"<h2>参考文献</h2>{html}<p>编辑：小李</p>")
    assert [label for label, _ in entries] == labels
    assert "Okafor" not in rest
    assert "陈一鸣" not in rest
    assert rest.endswith("编辑：小李")


def test_heading_at_the_start_of_the_first_entry() -> None:
    entries, rest = taken(f"<p>参考文献：[1] {A}</p><p>[2] {B}</p>")
    assert [label for label, _ in entries] == ["1", "2"]
    assert entries[0][1] == f"[1] {A}"
    assert "参考文献" not in rest


@pytest.mark.parametrize("label", ["【{}】", "[{}] ", "{}. ", "{}、", "({}) "])
def test_numbered_run_without_a_heading(label: str) -> None:
    entries, rest = taken("".join(f"<p>{label.format(n)}{text}</p>" for n, text in enumerate((A, B, C), 1)))
    assert [name for name, _ in entries] == ["1", "2", "3"]
    assert "Okafor" not in rest


@pytest.mark.parametrize(
    "html",
    [
        f"<details><summary>References</summary><ol><li>{A}</li><li>{C}</li></ol></details>",
        f'<button>References</button><div style="display:none"><ol><li>{A}</li><li>{C}</li></ol></div>',
        f"<p>睡眠因此得到改善。参考文献：[1] {A} [2] {C}</p>",
        f"<p>睡眠因此得到改善。<b>x</b>完。【参考文献】[1]{A}[2]{C}</p>",
        f"<h3>How we reviewed this article</h3><p>On peer-reviewed studies.</p><ul><li>{A}</li><li>{C}</li></ul>",
        f"<ul><li>{A}</li><li>{C}</li></ul>",
        f"<h2>References</h2><ol><li>{A}</li></ol><h2>Further reading</h2><ul><li>{C}</li></ul>",
    ],
)
def test_folded_collapsed_and_unannounced_lists(html: str) -> None:
    entries, rest = taken(html)
    assert len(entries) == 2
    assert "Okafor" not in rest
    assert "Mori" not in rest


def test_an_entry_goes_on_over_several_lines() -> None:
    entries, _ = taken(f"<h2>参考文献</h2><p>[1] {A}</p><p>doi:10.1234/ss.2019</p><p>[2] {B}</p>")
    assert entries == [("1", f"[1] {A} doi:10.1234/ss.2019"), ("2", f"[2] {B}")]


def test_footnotes_that_the_text_links_to() -> None:
    notes = "".join(f'<p id="fn{n}">{n}. Example Health Agency ({2015 + n}). Sleep data.</p>' for n in (1, 2))
    entries, _ = taken(f'<p>See<a href="#fn1">1</a> and<a href="#fn2">2</a>.</p>{notes}')
    assert [label for label, _ in entries] == ["1", "2"]


@pytest.mark.parametrize(
    "html",
    [
        "<p>1. 多喝水</p><p>2. 早睡早起</p><p>3. 每天步行三十分钟</p>",
        "<h2>Sources</h2><p>We spoke to three doctors who have treated patients since 2010 and told us it is safe.</p>",
        '<h3>Further reading</h3><ul><li><a href="/a">Ten tips</a></li><li><a href="/b">Why we nap</a></li></ul>',
        f"<p>1. {A}</p><p>研究者认为，这一结果说明适度运动可以改善睡眠，但是还需要更多的证据来证实。</p><p>2. {C}</p>",
        "<h2>References</h2><p>References are what we call letters that your former employer has written for you.</p>",
        '<ul><li><a href="#references">References</a></li><li><a href="#share">Share</a></li></ul>',
        f"<template><h2>参考文献</h2><p>[1] {A}</p></template><p>完</p>",
    ],
)
def test_what_is_no_list_stays(html: str) -> None:
    root = page(html)
    before = lxml.html.tostring(root)
    assert take_lists(root) == ()
    assert lxml.html.tostring(root) == before


@pytest.mark.parametrize(
    "after",
    [
        "免责声明：本文仅供参考",
        "相关阅读",
        "全国热线400-123-4567",
        "扫码关注公众号",
        "作者简介：李某，医生",
        "About the author",
    ],
)
def test_the_list_ends_before_furniture(after: str) -> None:
    entries, rest = taken(f"<h2>参考文献</h2><p>{A}</p><p>{B}</p><p>{after}</p><p>2020</p>")
    assert len(entries) == 2
    assert rest.endswith(f"{after}2020")


def test_pictures_and_text_around_the_list_stay() -> None:
    root = page(f'<h2>参考文献</h2><div><p>{A}</p></div>tail<p><img src="a.png"></p>')
    take_lists(root)
    assert "tail" in root.text_content()
    assert root.find(".//img") is not None
    assert [heading.text for heading in root.iter("h2")] == []


def test_links_give_what_the_text_does_not_say() -> None:
    links = (
        "#back",
        "https://doi.org/10.1234/AB",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC12345/",
        "https://x.org/p",
    )
    reference = to_reference(ListEntry(label="2", raw=f"7. {A}", links=links))
    assert (reference.label, reference.doi, reference.pmcid) == ("2", "10.1234/ab", "PMC12345")
    assert (reference.url, reference.raw, reference.year) == ("https://x.org/p", f"7. {A}", 2019)


def test_links_and_anchors_go_to_their_entry() -> None:
    root = page(
        f'<p id=a>References: [1] {A} <a href="https://x.org/1">x</a> <span id=b>[2]</span> {C} <a href="/2">y</a></p>'
    )
    first, second = take_lists(root)
    assert (first.links, first.anchors) == (("https://x.org/1",), ("a",))
    assert (second.links, second.anchors) == (("/2",), ("b",))


@pytest.mark.parametrize(
    "html",
    [
        f"<h2>References</h2><ol>{f'<li>{A}</li>' * 2_000}</ol>",
        f"<h2>References</h2><p>{'[1] ' * 25_000}</p>",
        f"<h2>References</h2><p>{'10.1234/' * 10_000}</p>",
        "<div>" * 3_000 + "References",
        "<h2>References</h2>" * 5_000,
    ],
)
def test_hostile_pages_are_read_to_the_end(html: str) -> None:
    root = lxml.html.document_fromstring(html)
    assert len(take_lists(root)) in {0, 1, 2_000}
