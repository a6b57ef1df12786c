"""Made-up Chinese references: names, titles and journals from word lists, in the styles Chinese pages print."""

import random
import re
from dataclasses import dataclass

from tools.train_references.corpus import Sample, Segment
from tools.train_references.render import identifiers, label
from tools.train_references.words import WORDS


@dataclass(frozen=True, slots=True)
class Content:
    """What a Chinese reference says, before a style prints it."""

    names: tuple[str, ...]
    body: bool
    title: str
    journal: str


def name(rng: random.Random) -> str:
    """A Chinese name of two or three characters."""
    return rng.choice(WORDS["surnames"]) + "".join(rng.choice(WORDS["given"]) for _ in range(rng.choice([1, 2, 2])))


def content(rng: random.Random) -> Content:
    """Names or a body, a title, and a journal."""
    body = rng.random() < 0.1
    names = (
        (re.sub(r"\{\}", lambda _: rng.choice(WORDS["realms"]), rng.choice(WORDS["chinese_bodies"])),)
        if body
        else tuple(name(rng) for _ in range(rng.choice([1, 1, 2, 3, 3, 4, 6, 9])))
    )
    title = (rng.choice(WORDS["adjectives"]) if rng.random() < 0.5 else "") + rng.choice(WORDS["subjects"])
    if rng.random() < 0.4:
        title += rng.choice(["与", "对", "联合", "和", "合并", "视角下"]) + rng.choice(WORDS["subjects"])
    title += rng.choice(WORDS["predicates"])
    if rng.random() < 0.05:
        title += rng.choice([" ", ""]) + str(rng.randint(1998, 2025))
    if rng.random() < 0.06:
        title = title.replace("的", "的 ", 1)
    journal = rng.choice(["中华", "中国", "中国", "实用", "国际", "中国临床", "现代", "临床", "世界"]) + rng.choice(
        WORDS["realms"]
    )
    journal += rng.choice(["杂志", "杂志", "杂志", "学报", "研究", "进展", "与临床", "评论", "论坛"])
    if rng.random() < 0.4:
        journal = rng.choice(WORDS["journals"])
    return Content(names, body, title, journal)


# As in `render.STYLES`; {S} a place, {U} a publisher, {H} a school, {N} digits, {Q} a date in brackets, {D} editors,
# {B} a book ({B:title}: as what is cited), {G} a standard, {C} a law or notice, {O} an office, {R} a web site;
# `.` `,` `:` and
# parentheses become full-width ones at random.
STYLES: tuple[tuple[int, str], ...] = (
    (9, "{L}{A}{E}.{T}[J].{J},{Y},{V}<({I})>:{P}.{X}"),
    (4, "{L}{A}{E}. {T}[J]. {J}, {Y}, {V}<({I})>: {P}.{X}"),
    (2, "{L}{A}{E}. {T} [J]. {J}, {Y}, {V}<({I})>: {P}{X}"),
    (2, "{L}{A}{E}.{T}[J].{J}.{Y},{V}<({I})>:{P}.{X}"),
    (2, "{L}{A}{E}.{T}[J].{J},{Y}({I}):{P}."),
    (1, "{L}{A}{E}.{T}[J/OL].{J},{Y},{V}({I}):{P}{Q}.{X}"),
    (5, "{L}{A}{E}.{T}.{J},{Y},{V}<({I})>:{P}.{X}"),
    (3, "{L}{A}{E}. {T}. {J}, {Y}, {V}<({I})>: {P}.{X}"),
    (3, "{L}{A}{E}. {T}. {J} {Y};{V}<({I})>:{P}.{X}"),
    (2, "{L}{A}{E}. {T}. {J}. {Y};{V}<({I})>:{P}."),
    (2, "{L}{A}{E}.{T}.{J} {Y} 年{V} 卷<{I} 期> {P} 页"),
    (2, "{L}{A}.《{T}》,《{J}》{Y}年第{I}期"),
    (2, "{L}{A}:《{T}》,载《{J}》,{Y}年第{I}期,第{P}页。"),
    (2, "{L}{A}, '{T},' {J}, 第{V}卷, 第{I}期, pp.{P}, {Y}."),
    (2, "{L}{A}, 「{T}」, 『{J}』, 第{V}卷第{I}期, {Y}, pp.{P}."),
    (2, "{L}{A}, “{T}”, {J}, {V}<({I})>, {Y}, pp.{P}."),
    (2, "{L}{A} ({Y}). {T}. {J}, {V}<({I})>, {P}."),
    (2, "{L}{A}({Y}), 《{T}》, 《{J}》, {V}<({I})>, {P}."),
    (1, "{L}{A}, {Y}, {T}. {J}, {V}<({I})>: {P}."),
    (1, "{L}{A}. {Y}. {T}. {J} {V}<({I})>: {P}."),
    (1, "{L}{A}, {T}, {J}, {V}<({I})>, {P}, {Y}."),
    (1, "{L}{A}, {T}, {J}, {Y}<年第{I}期>."),
    (2, "{L}{A} {Y}. '{T},' {J} ({V}:{I}), pp.{P}."),
    (1, "{L}{A}, {Y}, {T}, {J} {V}-{I}, {U}."),
    (1, "{L}{A}. ({Y}). {T}. {J}. {V}. {P}."),
    (1, "{L}{A}, {T}, {J} 第{V}辑, {Y}."),
    (1, "{L}{A}, {T} {J} {I}号 ({U}, {Y})."),
    (1, "{L}{A}, '{T},' {J}, 总第{I}期, pp.{P}, {Y}."),
    (1, "{L}{A}({Y}). {T}. {J} {V}<({I})>: {P}."),
    (2, "{L}{A} “{T}” {J} {V}.{I} ({Y}): {P}."),
    (2, "{L}《{T}》,{J},{Y}年第{I}期"),
    (1, "{L}{T}.{J},{Y},{V}<({I})>:{P}.{X}"),
    (1, "{L}{T}[J].{J},{Y},{V}<({I})>:{P}."),
    (1, "{L}{T}. {A}. {J}. {Y};{V}<({I})>:{P}."),
    (2, "{L}{A}{E}.{T}[M].{S}:{U},{Y}."),
    (2, "{L}{A}. {T}[M]. {S}: {U}, {Y}: {P}."),
    (1, "{L}{A}.{T}[M].第{N}版.{S}:{U},{Y}.{P}."),
    (1, "{L}{A}主编.{T}.{S}:{U},{Y}:{P}."),
    (1, "{L}{A}, 《{T}》, {S}: {U}, {Y}."),
    (1, "{L}{A}, '{T}', {U}, {Y}."),
    (1, "{L}{A} ({Y}). 《{T}》. {S}: {U}."),
    (2, "{L}{A}.{T}[D].{S}:{H},{Y}."),
    (1, "{L}{A}. {T}[D]. {H}, {Y}."),
    (1, "{L}{A}, '{T}', {H}博士学位论文, {Y}."),
    (1, "{L}{A}.{T}[C]//{K}.{S}:{U},{Y}:{P}."),
    (1, "{L}{A}.{T}[N].{J},{Y}-0{N}-1{N}({N})."),
    (1, "{L}{A}.{T}[EB/OL].({Y}-0{N}-1{N}){Q}.https://example.org/{N}"),
    (1, "{L}{A}.{T}[R].{S}:{U},{Y}."),
    (3, "{L}{A}{E}, {Y}. {T}[J]. {J}, {V}<({I})>: {P}.{X}"),
    (2, "{L}{A}{E}, {Y}. {T}[J]. {J}({I}): {P}."),
    (1, "{L}{A}{E}. {Y}. {T}[J]. {J}, {V}({I}): {P}."),
    (1, "{L}{A}, {Y}. {T}[M]. {S}: {U}."),
    (1, "{L}{A}. {T}. {J}, {Y}, ({I}): {P}."),
    (1, "{L}{A}. {T}. 见: {D}主编. {B}. 第{N}版. {S}: {U}, {Y}: {P}."),
    (1, "{L}{A}. {T}. 见:{D},主编. {B}. {S}: {U},{Y}.{P}."),
    (1, "{L}{A}. {T}[M]//{D}. {B}. {S}: {U}, {Y}: {P}."),
    (1, "{L}{A}：《{T}》，载{D}主编：《{B}》，{U}{Y}年版，第{P}页。"),
    (1, "{L}{A}主编. {B:title}[M]. 第{N}版. {S}: {U}, {Y}: {P}."),
    (1, "{L}《{B:title}》 {A}主编 {U}"),
    (1, "{L}《{B:title}》,{U}"),
    (1, "{L}{G}"),
    (1, "{L}{O}. {G}[S]. {S}: {U}, {Y}."),
    (1, "{L}{C}"),
    (1, "{L}{O}. {C}[Z]. {Y}."),
    (1, "{L}{O}.{C}[EB/OL].({Y}-0{N}-1{N}){Q}.https://example.org/{N}"),
    (1, "{L}{A}. {B:title}(第{N}版). {U}, {Y}."),
    (1, "{L}{A}.{B:title}.{U}.{Y}年"),
    (1, "{L}{A}. {T}. {J}. {Y}-0{N}-1{N}"),
    (1, "{L}{A}. {T}: 中国, CN10{N}{N}{N}{N}{N}{N}.{N}[P]. {Y}-0{N}-1{N}."),
    (1, "{L}{T}"),
    (1, "{L}《{T}》"),
    (1, "{L}{T} https://www.example.org/{N}.html"),
    (1, "{L}{R}. {T}"),
    (1, "{L}{R}：{T}"),
    (1, "{L}{R}.{T}[EB/OL].{Q}.https://example.org/{N}"),
)
_WIDE = str.maketrans({".": "。", ",": "，", ":": "：", "(": "（", ")": "）"})


def render(said: Content, rng: random.Random, template: str | None = None) -> Sample:
    """The content in one of the STYLES."""
    template = template or rng.choices([text for _, text in STYLES], [weight for weight, _ in STYLES])[0]
    template = re.sub(r"<([^<>]*)>", lambda m: m[1] if rng.random() < 0.85 else "", template)
    wide = rng.random()
    segments: list[Segment] = []
    for piece in re.split(r"(\{[A-Z](?::title)?\})", template):
        if piece == "{B:title}":
            segments.append(("title", rng.choice(WORDS["books"])))
        elif piece.startswith("{"):
            segments += _piece(piece[1], said, rng)
        elif piece:
            segments.append(("other", _widened(piece, wide, rng)))
    return Sample(tuple(segment for segment in segments if segment[1]), "chinese")


def _widened(text: str, wide: float, rng: random.Random) -> str:
    """Punctuation as Chinese keyboards give it: mostly narrow, sometimes wide or mixed, `．` for full stops."""
    if "http" in text:
        return text
    if wide < 0.1:
        return text.replace(".", "．")
    if wide < 0.2 or (wide < 0.4 and rng.random() < 0.4):
        return text.translate(_WIDE)
    return text


def _piece(letter: str, said: Content, rng: random.Random) -> list[Segment]:
    year = rng.randint(1985, 2026)
    first = rng.randint(1, 2400)
    pages = rng.choice(
        [f"{first}-{first + rng.randint(1, 14)}"] * 4 + [str(first), f"{first}–{first + 5}", f"{first}~{first + 3}"]
    )
    match letter:
        case "A":
            return [("author", rng.choice([",", ",", ", ", "，", "、", " ", ";"]).join(said.names))]
        case "E":
            return (
                [("other", rng.choice([",等", ", 等", "，等", "等", " 等"]))]
                if not said.body and rng.random() < 0.4
                else []
            )
        case "L":
            return [("other", label(rng))]
        case "X":
            return [("other", identifiers(str(year), rng))] if rng.random() < 0.5 else []
        case "Q":
            return [("other", f"[{year}-0{rng.randint(1, 9)}-{rng.randint(10, 28)}]")]
        case "D":
            names = [name(rng) for _ in range(rng.choice([1, 1, 2, 3]))]
            return [("editor", rng.choice([",", ", ", "，", "、"]).join(names))]
        case "G":
            return [("title", standard(year, rng))]
        case "C":
            return [("title", law(year, rng))]
        case "N":
            return [("other", str(rng.randint(1, 9)))]
    made = {
        "T": ("title", said.title),
        "J": ("container", said.journal),
        "Y": ("date", str(year)),
        "V": ("volume", str(rng.randint(1, 60)) if rng.random() < 0.97 else "000"),
        "I": ("issue", rng.choice(["{}", "{}", "0{}", "S{}", "00{}"]).format(rng.randint(1, 12))),
        "P": ("pages", pages),
        "S": ("location", rng.choice(WORDS["places"])),
        "U": ("publisher", rng.choice(WORDS["presses"])),
        "H": ("publisher", rng.choice(WORDS["schools"])),
        "B": ("container", rng.choice(WORDS["books"])),
        "O": ("author", rng.choice(WORDS["offices"])),
        "R": (rng.choice(["author", "container"]), rng.choice(WORDS["sites"])),
        "K": ("container", f"第{rng.randint(2, 20)}届全国{rng.choice(WORDS['realms'])}学术会议论文集"),
    }
    return [made[letter]]


def standard(year: int, rng: random.Random) -> str:
    """A standard's number and name, in either order, or the number alone."""
    series = rng.choice(["GB", "GB", "GB/T", "WS/T", "YY", "NY/T", "DB11/T", "ISO", "QB/T"])
    number = f"{series}{rng.choice([' ', ' ', ''])}{rng.randint(100, 39999)}"
    number += f"{rng.choice(['', '', '.1', '.2'])}{rng.choice('--—')}{year}"
    title = rng.choice(WORDS["standards"])
    return rng.choice(
        [f"{number} {title}", f"{title}: {number}", f"《{title}》({number})", f"{title} {number}", number]
    )


def law(year: int, rng: random.Random) -> str:
    """A law, or a notice with its number."""
    if rng.random() < 0.4:
        name = f"中华人民共和国{rng.choice(WORDS['laws'])}"
        return rng.choice([name, f"《{name}》", f"{name}({year}年修订)"])
    number = rng.choice(["国发", "国办发", "卫办疾控函", "国卫疾控发", "教体艺"])
    number += f"{rng.choice(['〔{}〕', '[{}]', '（{}）']).format(year)}{rng.randint(1, 99)}号"
    what = f"关于{rng.choice(['印发', '加强', '做好', '进一步规范'])}{rng.choice(WORDS['subjects'])}"
    what += rng.choice(["工作的通知", "防治工作的意见", "管理办法的通知"])
    return rng.choice([f"{what}({number})", f"{what} {number}", f"《{what}》（{number}）", what])


_REPLACED = {"author", "title", "container"}


def transplanted(sample: Sample, rng: random.Random) -> Sample | None:
    """Chinese words in the layout of another East Asian reference; None if its layout is not one of those."""
    labels = [name for name, _ in sample.segments]
    if any(labels.count(name) != 1 for name in ("author", "title")) or labels.count("container") > 1:
        return None
    if not re.search(r"[\uac00-\ud7af\u3040-\u30ff\u3400-\u9fff]", sample.field("title")):
        return None
    said = content(rng)
    names = rng.choice([", ", ", ", "·", "，", ","]).join(said.names[:4])
    words = {"author": names, "title": said.title, "container": said.journal}
    hangul = str.maketrans({"제": "第", "권": "卷", "호": "期", "집": "辑"})
    segments = [
        (name, words[name]) if name in _REPLACED else (name, text.translate(hangul)) for name, text in sample.segments
    ]
    if any(re.search(r"[\uac00-\ud7af]", text) for _, text in segments):
        return None
    return Sample(tuple(segments), "transplanted")
