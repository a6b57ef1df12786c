"""The catalogues of the browser interface: nothing is missing, and translations fit their messages."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message as Entry

from archive.text.folding import fold, traditional_characters
from archive.text.messages import counted, either, joined, message
from archive.text.scripts import has_cjk
from archive.web.chinese_scripts import to_traditional
from archive.web.translation import (
    ENGLISH,
    LANGUAGES,
    SIMPLIFIED,
    TRADITIONAL,
    Language,
    byte_size,
    day,
    gettext,
    matched,
    moment,
    negotiated,
    ngettext,
    number,
    percent,
    speaking,
    translated,
)
from tools.translations import catalogue, extracted

CATALOGUE = catalogue()
ENTRIES = [entry for entry in CATALOGUE if entry.id]
PLACEHOLDERS = re.compile(r"%\(\w+\)s|</?\w+[^>]*>|`[^`]*`")
HOW = "run `python -m tools.translations` and translate archive/web/translations/zh_Hans.po"


def texts(entry: Entry) -> list[tuple[str, str]]:
    """The messages of an entry, each with its translation."""
    ids = entry.id if isinstance(entry.id, (list, tuple)) else [entry.id]
    strings = entry.string if isinstance(entry.string, (list, tuple)) else [entry.string]
    return [(one, str(string or "")) for one in ids for string in strings]


def test_the_catalogue_has_the_messages_of_the_sources() -> None:
    listed = {tuple(entry.id) if isinstance(entry.id, (list, tuple)) else entry.id for entry in ENTRIES}
    assert sorted(map(str, extracted().keys() - listed)) == [], f"not in the catalogue: {HOW}"
    assert sorted(map(str, listed - extracted().keys())) == [], f"in no source any more: {HOW}"


def test_every_message_is_translated() -> None:
    assert [entry.id for entry in ENTRIES if entry.fuzzy] == []
    assert [text for entry in ENTRIES for text, translation in texts(entry) if not translation] == [], HOW
    assert [(entry.id, error) for entry in ENTRIES for error in entry.check(CATALOGUE)] == []


def test_translations_have_the_placeholders_and_markup_of_their_messages() -> None:
    for entry in ENTRIES:
        for text, translation in texts(entry):
            assert Counter(PLACEHOLDERS.findall(text)) == Counter(PLACEHOLDERS.findall(translation)), text
            assert "%" not in re.sub(r"%\(\w+\)s", "", text + translation), text


def test_the_catalogue_is_in_simplified_characters() -> None:
    traditional = {each for each, _ in traditional_characters()}
    for entry in ENTRIES:
        for text, translation in texts(entry):
            assert traditional.isdisjoint(set(translation) - set(text)), translation


def test_traditional_characters_fold_to_the_simplified_ones() -> None:
    characters = {each for entry in ENTRIES for _, text in texts(entry) for each in text if has_cjk(each)}
    assert len(characters) > 300
    assert [each for each in characters if fold(to_traditional(each)) != each] == []


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("健康新闻档案库", "健康新聞檔案庫"),
        ("搜索结果", "搜尋結果"),
        ("最后发表于", "最後發表於"),
        ("复制文件，已恢复", "複製檔案，已恢復"),
        ("列表中只有表格", "列表中只有表格"),
        ("<q>%(query)s</q>：%(shown)s 处命中", "<q>%(query)s</q>：%(shown)s 處命中"),
    ],
)
def test_traditional_text(simplified: str, traditional: str) -> None:
    assert to_traditional(simplified) == traditional


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", SIMPLIFIED),
        ("zh", SIMPLIFIED),
        ("zh-SG", SIMPLIFIED),
        ("ZH-tw", TRADITIONAL),
        ("zh-HK;q=0.7, fr", TRADITIONAL),
        ("zh-Hant-CN", TRADITIONAL),
        ("zh-Hans-HK", SIMPLIFIED),
        ("en;q=0.5, zh-MO;q=0.6", TRADITIONAL),
        ("en-GB,en;q=0.9,zh-CN;q=0.8", ENGLISH),
        ("de, zh;q=0", ENGLISH),
        ("fr, *;q=0.5, zh;q=0.4", ENGLISH),
        ("fr, de;q=0.5", ENGLISH),
        ("zh;q=1.5, nonsense;;, en;q=0.1", ENGLISH),
        ("zh;q=", ENGLISH),
        ("," * 5_000 + "zh", ENGLISH),
    ],
)
def test_the_language_is_negotiated(header: str, language: Language) -> None:
    assert negotiated(header) is language


def test_each_language_answers_to_its_own_tag() -> None:
    assert [matched(language.tag) for language in LANGUAGES] == list(LANGUAGES)
    assert matched("de") is None


def test_numbers_and_dates_are_those_of_the_language() -> None:
    assert (number(12345), percent(0.1234, 1), percent(0.5)) == ("12,345", "12.3%", "50%")
    assert (day("2024-05-01T10:20:30Z"), day("2024-05"), day(None)) == ("2024-05-01", "2024-05", "")
    assert moment("2024-05-01T10:20:30Z") == "2024-05-01 10:20"
    assert (byte_size(1), byte_size(12), byte_size(8_250_000)) == ("1 byte", "12 bytes", "8.2 MB")
    with speaking(SIMPLIFIED):
        assert (number(12345), percent(0.1234, 1)) == ("12,345", "12.3%")
        assert (day("2024-05-01T10:20:30Z"), day("2024-05"), day("2024")) == ("2024年5月1日", "2024年5月", "2024年")
        assert (day("2024-13-01"), day("in May")) == ("2024-13-01", "in May")
        assert moment("2024-05-01T10:20:30Z") == "2024年5月1日 10:20"
        assert byte_size(2_000) == "2 KB"


def test_messages_are_english_and_can_be_translated() -> None:
    nothing = message("No article has the id %(id)s.", id="7")
    damaged = counted(
        "%(count)s hit is damaged and is left out: healthnews check names what is damaged.",
        "%(count)s hits are damaged and are left out: healthnews check names what is damaged.",
        1_200,
    )
    assert nothing == "No article has the id 7."
    assert damaged.startswith("1,200 hits are damaged")
    assert joined(None, nothing, damaged) == f"{nothing} {damaged}"
    assert joined(None) is None
    assert either(["a", "b", "c"]) == "a, b or c"
    with speaking(TRADITIONAL):
        assert translated(nothing) == "沒有編號為 7 的文章。"
        assert translated(joined(nothing, damaged)).startswith("沒有編號為 7 的文章。1,200 條結果已損壞")
        assert translated("Search") == gettext("Search") == "搜尋"
        assert translated("what nobody translates") == "what nobody translates"
        assert ngettext("%(count)s result", "%(count)s results", 1) == "1 條結果"
        assert translated(None) == ""
