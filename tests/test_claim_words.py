"""Hints at changes of what is claimed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text.claim_words import KINDS, Hint, claim_hints


@pytest.mark.parametrize(
    ("old", "new", "hints"),
    [
        ("疗效没有达到预期", "疗效明显超过了预期", [
            ("certainty", ["达到"], ["明显", "超过"]), ("negation", ["没有"], []),
        ]),
        ("療效沒有改變", "療效改變", [("negation", ["没有"], [])]),
        ("有效率为80%", "有效率为90 %", [("number", ["80%"], ["90%"])]),
        ("百分之八十", "百分之九十", [("number", ["百分之八十"], ["百分之九十"])]),
        ("可能有效", "有效", [("doubt", ["可能"], [])]),
        ("不一定有效", "一定有效", [("certainty", [], ["一定"]), ("doubt", ["不一定"], [])]),
        ("不断改进的不同方法", "改进的方法", []),
        ("The drug may help.", "The drug helps.", [("doubt", ["may"], [])]),
        ("It didn’t work", "It worked", [("negation", ["didn’t"], [])]),
        ("It suggests a cure", "It proves a cure", [("certainty", [], ["proves"]), ("doubt", ["suggests"], [])]),
        ("Not in 12 of 40 patients", "In 15 of 40 patients", [("negation", ["not"], []), ("number", ["12"], ["15"])]),
        ("2024-05-01 08:30 发布", "2024-06-02 09:15 发布", []),
        ("阅读 1024 次，1,024 views", "阅读 2048 次，2,048 views", []),
        ("by 45 percent", "by 50 percent", [("number", ["45 percent"], ["50 percent"])]),
        ("2024年5月1日", "2024年6月2日", []),
        ("Words moved here not", "not here moved words", []),
        ("", "", []),
    ],
)  # fmt: skip
def test_hints(old: str, new: str, hints: list[tuple[str, list[str], list[str]]]) -> None:
    expected = [Hint(kind, tuple(sorted(removed)), tuple(sorted(added))) for kind, removed, added in hints]
    assert list(claim_hints(old, new)) == expected


@given(st.text("不没有可能一定达到 may not prove 8% "), st.text("不没有可能一定达到 may not prove 8% "))
def test_a_change_the_other_way_is_the_hint_the_other_way(old: str, new: str) -> None:
    forth, back = claim_hints(old, new), claim_hints(new, old)
    assert [Hint(hint.kind, hint.added, hint.removed) for hint in forth] == list(back)
    assert {hint.kind for hint in forth} <= set(KINDS)
    assert claim_hints(old, old) == ()
