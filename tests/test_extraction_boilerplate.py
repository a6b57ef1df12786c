"""What is cut from head and tail, with the reason; the images that stay."""

import pytest

from archive.extraction.boilerplate import cut, rules
from archive.extraction.dom import parse
from archive.extraction.images import images_of
from archive.extraction.text import Block

PROSE = "在这项为期两年的随访研究中,参加者每天快走三十分钟,血压和血糖都有所下降,睡眠质量也得到改善,研究者认为值得推广。"
TITLE = "快走与血压"


def blocks(*texts: str) -> list[Block]:
    return [Block(text, text) for text in texts]


def test_head_and_tail_are_cut() -> None:
    kept, removals = cut(
        blocks(
            "首页 > 科普", TITLE, "来源:河湾网 2024-05-21", PROSE, PROSE, "责任编辑:陈一鸣", "相关阅读", "晨跑的好处"
        ),
        TITLE,
    )
    assert [block.text for block in kept] == [PROSE, PROSE]
    assert [removal.reason for removal in removals] == [
        "before title", "repeated title", "by-line", "credits", "after the end", "after the end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "reason", "kind"),
    [
        ("全国热线400-123-0000,期待为您服务。", "phone number", "phone"),
        ("长按二维码关注我们", "QR caption", "call to action"),
        ("我要预约", "appointment form", "form"),
        ("在线咨询", "call to action", "call to action"),
        ("歡迎來電洽詢", "call to action", "call to action"),
        ("Call us today to book a free consultation.", "call to action", "call to action"),
        ("Sign up for our newsletter and stay informed.", "newsletter", "form"),
        ("Share on Facebook", "share bar", None),
        ("You may also like", "related articles", "related list"),
    ],
)
def test_marketing_goes_wherever_it_stands(line: str, reason: str, kind: str | None) -> None:
    kept, removals = cut(blocks(PROSE, line, PROSE), TITLE)
    assert [block.text for block in kept] == [PROSE, PROSE]
    assert [(r.text, r.reason, r.kind) for r in removals] == [(line, reason, kind)]


@pytest.mark.parametrize(
    "line",
    [
        "患者可以在线咨询医生,也可以到门诊就诊,两种方式的随访结果相近。",
        "研究共纳入400例患者。",
        "小结",
        "Share of patients who walked: 40 %",
        PROSE,
    ],
)
def test_prose_about_such_things_stays(line: str) -> None:
    kept, _ = cut(blocks(PROSE, line, PROSE), TITLE)
    assert line in [block.text for block in kept]


def test_nothing_is_lost_and_cutting_twice_changes_nothing() -> None:
    page = blocks(TITLE, PROSE, "在线咨询", PROSE, "免责声明:仅供参考")
    kept, removals = cut(page, TITLE)
    assert len(kept) + len(removals) == len(page)
    assert cut(kept, TITLE) == (kept, [])


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.reason)
def test_rules_are_well_formed(rule: object) -> None:
    assert getattr(rule, "place") in {"head", "tail", "any"}  # noqa: B009
    assert getattr(rule, "effect") in {"line", "cut", "end"}  # noqa: B009


def test_content_images() -> None:
    body = parse(
        "<body><img src=/logo.png><p>First line.</p><figure><img data-src=/a.png src=data:image/gif;base64,x alt=Chart>"
        "<figcaption>Fig. 1</figcaption></figure><p>Second line.</p><img src=/b.png width=16 height=16>"
        "<img src=/c.png><img src=javascript:x><p>1</p><p>2</p><p>3</p><p>4</p><img src=/far.png></body>"
    ).find("body")
    images = images_of(body, blocks("First line.", "Second line."), "https://news.example/")
    assert [image.url for image in images] == ["https://news.example/a.png", "https://news.example/c.png"]
    assert (images[0].alt, images[0].caption, images[0].position) == ("Chart", "Fig. 1", 13)
