"""trafilatura's body tree to plain text and Markdown; the language of a text."""

import pytest
from lxml.etree import fromstring

from archive.extraction.language import detect_language, normalise_tag
from archive.extraction.markdown import markdown_text, plain_text, read_blocks, safe_target

URL = "https://news.example/a/b.html"


def both(xml: str) -> tuple[str, str]:
    blocks = read_blocks(fromstring(f"<body>{xml}</body>"), URL)
    return plain_text(blocks), markdown_text(blocks)


@pytest.mark.parametrize(
    ("xml", "text", "markdown"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo", "one\n\ntwo"),
        ('<head rend="h2">Head</head><p>one</p>', "Head\n\none", "## Head\n\none"),
        ('<p>a <hi rend="#b">bold </hi>word</p>', "a bold word", "a **bold** word"),
        ("<p>a<lb/>b</p>", "a\nb", "a  \nb"),
        ("<list><item>a</item><item>b</item></list><p>c</p>", "a\n\nb\n\nc", "- a\n- b\n\nc"),
        ("<list><item>a<list><item>b</item></list></item></list>", "a\n\nb", "- a\n- b"),
        ("<quote><p>a</p><p>b</p></quote>", "a\n\nb", "> a\n\n> b"),
        ("<code>x = 1\ny = 2</code>", "x = 1\ny = 2", "```\nx = 1\ny = 2\n```"),
        (
            "<table><row><cell>a</cell><cell>b</cell></row><row><cell>1|2</cell></row></table>",
            "a | b\n1|2",
            "| a | b |\n| --- | --- |\n| 1\\|2 |  |",
        ),
        ('<p>see <ref target="/x">this</ref></p>', "see this", "see [this](https://news.example/x)"),
        ('<p>see <ref target="javascript:x()">this</ref></p>', "see this", "see this"),
        ('<p>see <ref target="data:text/html,x">this</ref></p>', "see this", "see this"),
        ("<p>2 * 3 [1]</p>", "2 * 3 [1]", r"2 \* 3 \[1\]"),
        ("<p>a</p><p> </p>loose<p>b</p>", "a\n\nloose\n\nb", "a\n\nloose\n\nb"),
    ],
)
def test_body_to_text_and_markdown(xml: str, text: str, markdown: str) -> None:
    assert both(xml) == (text, markdown)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("c.html?x=1", "https://news.example/a/c.html?x=1"),
        ("//cdn.example/i.png", "https://cdn.example/i.png"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("JavaScript:void(0)", None),
        ("vbscript:x", None),
        ("file:///etc/hosts", None),
        ("https://news.example/a (1).html", "https://news.example/a%20%281%29.html"),
        ("http://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_only_safe_link_targets_are_kept(target: str | None, expected: str | None) -> None:
    assert safe_target(target, URL) == expected


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("间充质干细胞治疗硬皮病的研究逐渐受到关注。", None, "zh-Hans"),
        ("幹細胞治療硬皮病的研究逐漸受到關注,護理師說。", "zh-CN", "zh-Hant"),
        ("人口", "zh-TW", "zh-Hant"),
        ("人口", None, "zh-Hans"),
        ("睡眠が六時間に満たない人は高血圧と診断される。", "zh", "ja"),
        ("하루 수면 시간이 여섯 시간에 미치지 못하는 사람", None, "ko"),
        ("The results of the trial were published in a journal last week by the group. 结果", "zh", "en"),
        ("Der Blutdruck sank, wenn die Teilnehmer täglich weniger Salz zu sich nahmen.", None, "de"),
        ("Short.", "fr-FR", "fr"),
        ("Short.", None, None),
        ("12345", "not a tag at all", None),
    ],
)
def test_language(text: str, hint: str | None, language: str | None) -> None:
    assert detect_language(text, hint) == language
    assert detect_language(text, hint) == language


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("zh_CN", "zh-Hans"), ("zh-Hant-HK", "zh-Hant"), ("zh-HK", "zh-Hant"), ("EN-us", "en"), ("", None), ("x", None)],
)
def test_language_tags(tag: str, expected: str | None) -> None:
    assert normalise_tag(tag) == expected
