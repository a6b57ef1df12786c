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


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("gb2312", b"\xa3\xa0\xa3\xa0\xbd\xa1\xbf\xb5" * 20, "\u3000\u3000健康" * 20),
        ("x-gbk", b"\xbd\xa1\xbf\xb5 10\x80", "健康 10€"),
        ("GB_2312-80", "健康".encode("gbk"), "健康"),
        ("euc-jp", b"\xad\xa1\xad\xea\xad\xe2\xa5\xac\xa5\xf3", "①㈱№ガン"),
        ("x-euc-jp", "町の診療所".encode("euc_jp"), "町の診療所"),
        ("x-sjis", b"\x87\x40\x83K\x83\x93", "①ガン"),
        ("big5", b"\xf9\xd6\xb0\xb7\xb1d", "碁健康"),
        ("big5", b"\x87\x40\xb0\xb7\xb1d", "䏰健康"),
        ("windows-1252", b"10 \x80 \x96 5 \xb5g", "10 € – 5 µg"),
        ("iso-8859-1", b"\x93caf\xe9\x94", "“café”"),
        ("latin2", b"\xb1", "ą"),
        ("windows-874", "ยาใหม่".encode("cp874"), "ยาใหม่"),
        ("x-mac-cyrillic", "здоровье".encode("mac-cyrillic"), "здоровье"),
        ("hz-gb-2312", "健康".encode("hz"), "健康"),
        ("utf-16", "健康".encode(), "健康"),
    ],
)
def test_declared_bytes_are_read_as_browsers_read_them(label: str, body: bytes, text: str) -> None:
    markup = b"<html><head><meta charset=" + label.encode() + b"></head><body><p>" + body + b"</p></body></html>"
    assert f"<p>{text}</p>" in decode(markup).text
    assert f"<p>{text}</p>" in decode(b"<body><p>" + body + b"</p>", f"text/html;charset={label}").text


LATIN = {
    "es": ("El año pasado los médicos atendieron a más niños con gripe, según el ministerio de España.", "cp1252"),
    "fr": ("L’année dernière, les médecins ont soigné plus d’enfants – très âgés", "cp1252"),
    "de": ("Die Ärzte sagten, größere Mengen Wasser würden helfen", "cp1252"),
    "pt": ("No ano passado, os médicos não atenderam às crianças", "cp1252"),
    "sv": ("Förra året behandlade läkarna fler barn på sjukhuset", "cp1252"),
    "en": ("It must be kept at 4°C, and 50 µg is a dose: the pressure fell by 5 ± 2 points.", "cp1252"),
    "pl": ("Pacjenci z nadciśnieniem żyją dłużej, gdy się więcej ćwiczą", "cp1250"),
    "cs": ("Pacienti s vysokým tlakem žijí déle, když se více hýbou", "cp1250"),
    "tr": ("Geçen yıl doktorlar daha çok çocuğu tedavi etti, şöyle dedi", "cp1254"),
    "ru": (RU, "koi8-r"),
}


@pytest.mark.parametrize("declared", ["", "utf-8"])
@pytest.mark.parametrize("language", LATIN)
def test_undeclared_and_misdeclared_bytes_are_read_by_language(language: str, declared: str) -> None:
    text, encoding = LATIN[language]
    body = page(text, encoding, declared)
    assert text in decode(body).text
    assert text in decode(body, language=language).text
    assert text in decode(body.replace(b"<html>", b"<html lang=" + language.encode() + b">")).text
    assert text in decode(body.replace(b"<html>", b"<html lang=en>")).text or language in {"pl", "tr"}


@pytest.mark.parametrize(("code", "encoding"), [("zh-TW", "big5hkscs"), ("zh-Hans-CN", "gb18030"), ("ja", "cp932")])
def test_the_language_of_the_site_decides_in_short_texts(code: str, encoding: str) -> None:
    assert decode("<p>健康</p>".encode(encoding), language=code).encoding == encoding


@pytest.mark.parametrize("header", ["", "windows-1251", "utf-16", "utf-8", "iso-8859-2"])
@pytest.mark.parametrize("text", [HANS, RU, "The clinic’s report – “fewer falls” – costs 5 €."])
def test_utf8_with_broken_bytes_is_utf8(header: str, text: str) -> None:
    body = page(text, "utf-8").replace(b"</p>", b"\xe5\x81</p><p>\xff \xd0</p>")
    assert text in decode(body, f"text/html; charset={header}").text
    assert text in decode(b"\xff\xfe" + body, f"text/html; charset={header}").text


@pytest.mark.parametrize(
    "piece", [b"<meta ", b"<html ", b"<html lang=  ", b"<?xml ", b"charset=", b"<", b"\xb5", b"\xe5a"]
)
def test_hostile_bytes_are_read_in_linear_time(piece: bytes) -> None:
    body = piece * 40_000
    assert decode(body, "charset" + " " * 40_000).text
