"""Pages that say in words that there is no page, whatever status they were sent with: soft 404s.

A title or heading has to say nothing else, or a page that holds next to nothing has to say so in its text: articles
about missing things are many.
"""

import re
import unicodedata
from collections.abc import Iterator

from lxml.html import HtmlElement

from archive.extraction.titles import title_parts

SHORT_TEXT = 300  # characters: a notice in place of an article says no more
SHORT_LINE = 80  # characters of a line that gives such notice


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_THING = (
    r"(?:the |this |that |your |requested )*(?:web ?)?"
    + _any("page article story post content document file url address link site")
    + r"(?: you(?:'re| are|'ve| have)?(?: \w+){1,4}| requested)?"
)
_IS = _any("was is could can cannot can't couldn't does do doesn't did has have may might no")
_GONE = (
    rf"(?:{_IS}(?: {_any('not no be been have longer also either never since')})*\s)?(?:not )?(?:be )?"
    r"(?:moved or )?" + _any("found exists? available unavailable missing removed deleted gone")
)
_ENGLISH = (
    rf"(?:page |file |article |error |resource )*not found|{_THING} {_GONE}(?: or .{{1,40}})?"
    r"|nothing (?:was )?found(?: here)?"
)
_VISITED = _any("访问 訪問 查找 浏览 瀏覽 请求 請求 查看 寻找 尋找 找")
_CHINESE_THING = (
    rf"(?:[您你]\s?)?(?:所|要|正在|想|欲|需要)*{_VISITED}?的?{_any('该 該 此 这个 這個 当前 當前')}?"
    + _any("页面 頁面 网页 網頁 页 頁 文章 内容 內容 信息 資訊 新闻 新聞 文件 地址 链接 鏈接 稿件 资源")
)
_NOT_FOUND = _any("未找到 没有找到 沒有找到 没找到 找不到了? 无法找到 無法找到")
_TAKEN = _any("删除 刪除 移除 下线 下線 撤下 失效 不存在")
_CHINESE_GONE = (
    rf"(?:可能|或许|似乎|好像)?(?:{_NOT_FOUND}|{_any('不存在 不见了 不見了 走丢了? 丢失了? 飞走了')}"
    rf"|已(?:经|被|經)*{_TAKEN}|被(?:删除|刪除|移除)了?)"
)
_CHINESE = rf"{_CHINESE_THING}\s?{_CHINESE_GONE}(?:[或,，、].{{1,20}})?|{_NOT_FOUND}{_CHINESE_THING}"
_OTHERS = (
    r"(?:お探しの|ご指定の|指定された)?ページ[はが](?:見つかりません(?:でした)?|存在しません)|페이지를 찾을 수 없습니다"
    r"|(?:die )?(?:angeforderte )?seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)"
    r"|página no encontrada|página não encontrada|pagina non trovata|страница не найдена"
)
_BEFORE = (
    r"(?:(?:http )?(?:error |status )?(?:404|410)(?: error)?|uh oh|we're sorry|we are sorry"
    rf"|{_any('oops sorry error whoops 抱歉 很抱歉 非常抱歉 对不起 對不起 哎呀 出错了 错误 提示')})"
)
_NOTICE = re.compile(
    rf"(?:{_BEFORE}[\s:：,，.。!！…\-–—|~]*)*(?:but )?(?P<says>{_ENGLISH}|{_CHINESE}|{_OTHERS})?[\s!！.。…~]*",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?:http )?(?:error |status )*(?:404|410)(?: error|错误|頁面|页面)?", re.IGNORECASE)


def is_not_found_notice(line: str) -> bool:
    """Whether a title, heading or line says that there is no such page, and nothing else."""
    plain = " ".join(unicodedata.normalize("NFKC", line).replace("’", "'").split())
    if not plain or len(plain) > SHORT_LINE:
        return False
    found = _NOTICE.fullmatch(plain)
    return bool(_STATUS.fullmatch(plain) or (found and found["says"]))


def has_not_found_title(root: HtmlElement) -> bool:
    """Whether the document's title or a heading of the first ranks gives such notice."""
    titles = (element.text_content() for element in root.iter("title", "h1", "h2"))
    return any(is_not_found_notice(part) for title in titles for part in (title, *title_parts(title)))


def shows_not_found_notice(root: HtmlElement, text: str) -> bool:
    """Whether the page, of which nothing or only a short `text` is left as an article, gives such notice in a line."""
    if len(text) > SHORT_TEXT:
        return False
    return any(is_not_found_notice(sentence) for line in _lines(root, text) for sentence in _sentences(line))


def _lines(root: HtmlElement, text: str) -> Iterator[str]:
    yield from text.splitlines()
    if not text:
        yield from (line for line in root.itertext() if len(line) < 4 * SHORT_LINE)


def _sentences(line: str) -> list[str]:
    return [line.strip(), *(part.strip() for part in re.split(r"[.。!！…;；]", line))]
