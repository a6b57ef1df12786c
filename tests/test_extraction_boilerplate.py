"""The boilerplate that is removed, with its reasons, and the images that are kept."""

import pytest

from archive.dom.tree import parse
from archive.extraction.block_fingerprints import RECURRING, fingerprint
from archive.extraction.block_positions import PositionedBlock, position_blocks, read_body_lines
from archive.extraction.boilerplate import is_form, remove_boilerplate
from archive.extraction.boilerplate_rules import KINDS, BoilerplateRule, rules
from archive.extraction.images import select_images
from archive.extraction.markdown import Block

PROSE = "在这项为期两年的随访研究中,参加者每天快走三十分钟,血压和血糖都有所下降,睡眠质量也得到改善,研究者认为值得推广。"
TITLE = "快走与血压"


def blocks(*texts: str) -> list[PositionedBlock]:
    return [PositionedBlock(Block(text, text)) for text in texts]


def texts(kept: list[PositionedBlock]) -> list[str]:
    return [item.block.text for item in kept]


def test_head_and_tail_are_removed() -> None:
    kept, removals = remove_boilerplate(
        blocks(
            "首页 > 科普", TITLE, "来源:河湾网 2024-05-21", PROSE, PROSE, "责任编辑:陈一鸣", "相关阅读", "晨跑的好处"
        ),
        TITLE,
    )
    assert texts(kept) == [PROSE, PROSE]
    assert [removal.reason for removal in removals] == [
        "before title", "repeated title", "by-line", "credits", "related articles", "related articles",
    ]  # fmt: skip


def test_a_heading_with_a_kicker_repeats_the_title() -> None:
    heading = Block("League: A walk a day keeps sugar away", "# League", "head", 1)
    kept, removals = remove_boilerplate(
        [PositionedBlock(heading), *blocks("Walks help, a study says. " * 9)], "A walk a day keeps sugar away"
    )
    assert [removal.reason for removal in removals] == ["repeated title"]
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("line", "reason", "kind"),
    [
        ("全国热线400-123-0000,期待为您服务。", "phone number", "phone"),
        ("长按二维码关注我们", "QR caption", "QR code"),
        ("我要预约", "appointment form", "form"),
        ("在线咨询", "call to action", "call to action"),
        ("歡迎來電洽詢", "call to action", "call to action"),
        ("Call us today to book a free consultation.", "call to action", "call to action"),
        ("Sign up for our newsletter and stay informed.", "newsletter", "newsletter"),
        ("Share on Facebook", "share bar", "share"),
        ("You may also like", "related articles", "related list"),
        ("违法和不良信息举报电话：0123-5550100", "navigation", "navigation"),
        ("新闻热线 0123-55501000", "navigation", "navigation"),
        ("2024-05-21 117", "navigation", "navigation"),
        ("河边人[北京市手机网友]2024-05-21 11:05:23", "comments", "share"),
        ("验证码:", "form field", "form field"),
        ("Email address", "form field", "form field"),
        ("To view or add a comment, sign in", "share bar", "share"),
    ],
)
def test_marketing_is_removed_anywhere(line: str, reason: str, kind: str | None) -> None:
    kept, removals = remove_boilerplate(blocks(PROSE, line, PROSE), TITLE)
    assert texts(kept) == [PROSE, PROSE]
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
def test_prose_about_such_things_is_kept(line: str) -> None:
    kept, _ = remove_boilerplate(blocks(PROSE, line, PROSE), TITLE)
    assert line in texts(kept)


def test_removal_loses_nothing_and_is_idempotent() -> None:
    page = blocks(TITLE, PROSE, "在线咨询", PROSE, "免责声明:仅供参考")
    kept, removals = remove_boilerplate(page, TITLE)
    assert len(kept) + len(removals) == len(page)
    assert remove_boilerplate(kept, TITLE) == (kept, [])


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.reason)
def test_rules_are_well_formed(rule: BoilerplateRule) -> None:
    assert rule.place in {"head", "tail", "any"}
    assert rule.effect in {"line", "cut", "end"}
    assert rule.kind is None or rule.kind in KINDS


def test_content_images() -> None:
    body = parse(
        "<body><img src=/logo.png><p>First line.</p><figure><img data-src=/a.png src=data:image/gif;base64,x alt=Chart>"
        "<figcaption>Fig. 1</figcaption></figure><p>Second line.</p><img src=/b.png width=16 height=16>"
        "<img src=/c.png><img src=javascript:x><p>1</p><p>2</p><p>3</p><p>4</p><img src=/far.png></body>"
    ).find("body")
    layout = read_body_lines(body, None)
    kept = position_blocks([Block(text, text) for text in ("First line.", "Second line.")], layout, None)
    images = select_images(layout, kept, "https://news.example/")
    assert [image.url for image in images] == ["https://news.example/a.png", "https://news.example/c.png"]
    assert (images[0].alt, images[0].caption, images[0].position) == ("Chart", "Fig. 1", 13)


SLOGAN = "晨河陪伴每个家庭走过四季"


def known(*texts: str) -> frozenset[str]:
    return frozenset(map(fingerprint, texts))


@pytest.mark.parametrize(
    ("page", "site_blocks", "left"),
    [
        ([PROSE, SLOGAN, PROSE], known(SLOGAN), [PROSE, PROSE]),
        ([PROSE, SLOGAN, PROSE], known("别的"), [PROSE, SLOGAN, PROSE]),
        ([PROSE, "小结", PROSE], known("小结"), [PROSE, "小结", PROSE]),
        ([PROSE, "Symptoms", PROSE], known("Symptoms"), [PROSE, "Symptoms", PROSE]),
        ([PROSE, SLOGAN, "晨河医学", PROSE], known(SLOGAN, "晨河医学"), [PROSE, PROSE]),
        ([PROSE, "晨河医学", SLOGAN, PROSE], known(SLOGAN, "晨河医学"), [PROSE, PROSE]),
        ([PROSE, "小结", "晨河", SLOGAN], known(SLOGAN, "晨河"), [PROSE, "小结"]),
    ],
)
def test_recurring_blocks_are_removed_but_section_headings_kept(
    page: list[str], site_blocks: frozenset[str], left: list[str]
) -> None:
    kept, removals = remove_boilerplate(blocks(*page), TITLE, site_blocks=site_blocks)
    assert texts(kept) == left
    assert {(r.reason, r.kind) for r in removals} <= {(RECURRING, "slogan")}


def test_a_recurring_heading_is_kept() -> None:
    heading = PositionedBlock(Block("哪些人应当慎重考虑这种疗法", "## …", "head", 2))
    kept, _ = remove_boilerplate(
        [*blocks(PROSE), heading, *blocks(PROSE)], TITLE, site_blocks=known(heading.block.text)
    )
    assert heading in kept


@pytest.mark.parametrize(
    "line",
    [
        "晨河健康商城:新鲜果篮,会员立减二十元",
        "添加晨河睡眠顾问,获取专属方案",
        "加入晨河會員,免費下載手冊",
        "Ready for a change? Book a visit with our specialists, the first is free!",
        "Jetzt Termin vereinbaren: Praxis am Fluss, Telefon 030 1234 5678",
        "【PR】今すぐ始める青汁生活",
    ],
)
def test_advertisements_are_recognised_by_their_words(line: str) -> None:
    _, removals = remove_boilerplate(blocks(PROSE, line, PROSE), TITLE)
    assert [(r.text, r.kind) for r in removals] == [(line, "advertisement")]


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<h2>Head</h2><p>{}</p><ul><li>one</li></ul><p>{}</p>", ["Head", "one"]),
        ("<ul><li><a href=x>linked</a></li></ul><p>{}</p><h4>Sub</h4><p>{}</p>", ["Sub"]),
        ("<div class=x><h3>elsewhere</h3></div><p>{}</p><div><p>short</p></div><p>{}</p>", []),
    ],
)
def test_headings_and_items_that_the_extractor_left_out_are_put_back(html: str, left: list[str]) -> None:
    first, last = f"First. {PROSE}", f"Last. {PROSE}"
    body = parse(f"<body><div><p>{PROSE}</p>{html.format(first, last)}</div></body>").find("body")
    found = [Block(text, text) for text in (PROSE, first, last)]
    placed = position_blocks(found, read_body_lines(body, None), None)
    assert [item.block.text for item in placed if not item.left_out and item.block not in found] == left


def test_a_form_is_not_an_article() -> None:
    kept, removals = remove_boilerplate(blocks("姓名", "联系电话", "请于开放日到访", "提交"), "参观")
    assert is_form(kept, removals)
    assert not is_form(*remove_boilerplate(blocks(PROSE, "姓名", "提交"), "参观"))


def test_a_page_with_only_known_blocks_keeps_its_text() -> None:
    page = [f"{PROSE}{number}" for number in "一二三"]
    kept, removals = remove_boilerplate(blocks(*page), TITLE, site_blocks=known(*page))
    assert texts(kept) == page
    assert removals == []
