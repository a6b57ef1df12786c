"""Decoding: which declaration of the encoding is used, and the effect of broken bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extraction.charset import decode

HANS = "冬季是呼吸道感染的高发季节,研究小组观察了四百一十二名居民,想知道补充维生素能不能少得感冒。"
HANT = "規律運動能改善血糖控制,但許多糖尿病患者擔心低血糖而不敢動,護理師整理了五項建議給病友參考。"
JA = "睡眠が六時間に満たない人は、七時間前後眠る人に比べて高血圧と診断される割合が高かったという。"
KO = "하루 수면 시간이 여섯 시간에 미치지 못하는 사람은 고혈압 진단을 받을 가능성이 더 높았다고 밝혔다."
RU = "Исследователи наблюдали за пациентами две зимы и пришли к выводу, что прогулки полезны после еды."


def page(text: str, encoding: str, meta: str = "") -> bytes:
    declared = f'<meta charset="{meta}">' if meta else ""
    return f"<html><head>{declared}<title>x</title></head><body><p>{text}</p></body></html>".encode(encoding)


@pytest.mark.parametrize(
    ("body", "header", "encoding", "source"),
    [
        (page(HANS, "utf-8"), "", "utf-8", "detected"),
        (page(HANS, "utf-8", "utf-8"), "", "utf-8", "meta"),
        (page(HANS, "utf-8", "utf-8"), "text/html; charset=UTF-8", "utf-8", "header"),
        (page(HANS, "utf-8", "gbk"), "text/html; charset=gb2312", "utf-8", "detected"),
        (page(HANS, "gb18030", "gb2312"), "", "gb18030", "meta"),
        (page(HANS, "gb18030"), "text/html; charset=GBK", "gb18030", "header"),
        (page(HANS, "gb18030", "gb2312"), "text/html; charset=utf-8", "gb18030", "meta"),
        (page(HANS, "gb18030", "gb2312"), "text/html; charset=ISO-8859-1", "gb18030", "meta"),
        (page(HANT, "big5", "big5"), "", "big5hkscs", "meta"),
        (page(JA, "shift_jis", "Shift_JIS"), "", "cp932", "meta"),
        (page(JA, "euc_jp", "euc-jp"), "", "euc_jp", "meta"),
        (page(JA, "iso2022_jp", "iso-2022-jp"), "", "iso2022_jp", "meta"),
        (page(KO, "euc_kr", "euc-kr"), "", "cp949", "meta"),
        (page(RU, "cp1251"), "text/html; charset=windows-1251", "cp1251", "header"),
        (page(HANS, "utf-16"), "", "utf-16-le", "bom"),
        (page(HANS, "utf-16-be"), "", "utf-16-be", "detected"),
        (page(HANS, "utf-8-sig", "gbk"), "", "utf-8", "bom"),
        (page("plain", "ascii"), "", "utf-8", "fallback"),
        (page("plain", "ascii", "utf-16"), "", "utf-8", "meta"),
        (page(HANS, "utf-8", "no-such-charset"), "text/html; charset=", "utf-8", "detected"),
    ],
)
def test_encoding_and_its_source(body: bytes, header: str, encoding: str, source: str) -> None:
    found = decode(body, header)
    assert (found.encoding, found.source) == (encoding, source)
    assert "\ufffd" not in found.text


@pytest.mark.parametrize(
    ("text", "encoding"), [(HANS, "gb18030"), (HANT, "big5"), (JA, "cp932"), (KO, "cp949"), (RU, "cp1251")]
)
def test_undeclared_bytes_among_much_markup_are_detected(text: str, encoding: str) -> None:
    markup = "<div class='item'><a href='/list/1.html'>link</a></div>" * 100
    assert text in decode(f"<body>{markup}<p>{text}</p></body>".encode(encoding)).text


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@pytest.mark.parametrize("noise", [b"\xff", b"\x80", b"\xfe"])
def test_one_broken_byte_costs_one_character(encoding: str, noise: bytes) -> None:
    head, tail = HANS[:20], HANS[20:]
    body = page(head, encoding, encoding).replace(b"</p>", noise + b"</p><p>" + tail.encode(encoding) + b"</p>")
    text = decode(body).text
    assert head in text
    assert tail in text


@given(st.binary(max_size=400), st.text(max_size=60))
def test_any_bytes_give_a_text(body: bytes, header: str) -> None:
    found = decode(body, header)
    assert found == decode(body, header)
    assert found.source in {"bom", "header", "meta", "detected", "fallback"}


@given(st.text(min_size=1, max_size=200))
def test_utf8_round_trip(text: str) -> None:
    encoded = text.encode("utf-8", "ignore")
    assert decode(b"\xef\xbb\xbf" + encoded).text == encoded.decode("utf-8")
