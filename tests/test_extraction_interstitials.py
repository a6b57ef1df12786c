"""Pages served in place of an article: challenges, login walls, notices, forwards and files that are no text."""

# ruff: noqa: E501 (notices in one line each)

import gzip
import io
import zipfile

import pytest

from archive.article import NoArticle
from archive.dom.tree import parse
from archive.extraction import extract
from archive.extraction.forwards import forward_target
from archive.page import Page

URL = "https://news.example/health/a-1.html"
CHALLENGE, RATE, LOGIN = "blocked: challenge", "blocked: rate limit", "blocked: login"
MAINTENANCE, SCRIPT, REMOVED = "blocked: maintenance", "needs javascript", "removed by publisher"
PROSE = (
    "Patients who walked briskly for thirty minutes on most days of the week slept longer, the clinic said in a report. "
    "Their blood pressure fell within three months, and it stayed lower for a year after the end of the programme."
)
ZH_PROSE = (
    "城西三家社区食堂从这个月起换上减盐菜谱，每份炒菜的用盐量降到两克半以下，三个月后居民的收缩压下降超过五毫米汞柱。"
)


def reason(body: str | bytes, url: str = URL) -> str | None:
    """Return why there is no article in a page, None if there is one."""
    data = body.encode() if isinstance(body, str) else body
    try:
        extract(Page(url=url, body=data, content_type="text/html"))
    except NoArticle as error:
        return error.reason
    return None


def html(title: str, *lines: str) -> str:
    heading, *paragraphs = lines
    return f"<title>{title}</title><h1>{heading}</h1>{''.join(f'<p>{line}</p>' for line in paragraphs)}"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (html("Just a moment...", "news.example", "Verifying you are human. This may take a few seconds.", "news.example needs to review the security of your connection before proceeding."), CHALLENGE),
        (html("Attention Required! | Shield", "One more step", "Please complete the security check to access news.example"), CHALLENGE),
        (html("Access Denied", "Access Denied", 'You don\'t have permission to access "http://news.example/a" on this server.', "Reference #18.2f5e1202.1700000000.1b2c3d"), CHALLENGE),
        (html("news.example", "Please verify you are a human", "Access to this page has been denied because we believe you are using automation tools to browse the website."), CHALLENGE),
        (html("Daily", "Prove you are not a robot", "Drag the slider to the right so that we can open the page for you."), CHALLENGE),
        (html("人机验证", "请完成下方验证", "拖动滑块使图片角度为正"), CHALLENGE),
        (html("百度安全验证", "", "请完成下列验证后继续"), CHALLENGE),
        (html("", "环境异常", "当前环境异常，完成验证后即可继续访问。", "去验证"), CHALLENGE),
        (html("405", "", "很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。", "您的请求ID是: 7ae5d2c4-11"), CHALLENGE),
        (html("訪問驗證", "請完成驗證", "為了確認您不是機器人，請勾選下方方塊，驗證通過後將繼續訪問。"), CHALLENGE),
        (html("セキュリティ確認", "アクセスが制限されています", "あなたがロボットではないことを確認してください。"), CHALLENGE),
        (html("Sicherheitsabfrage", "Einen Moment bitte", "Bitte bestätigen Sie, dass Sie kein Roboter sind."), CHALLENGE),
        ("<title></title><script>window._cf_chl_opt={}</script><body></body>", CHALLENGE),
        (html("Sorry", "About this page", "Our systems have detected unusual traffic from your computer network.", "This page checks that it is really you who sends the requests, and not a robot."), CHALLENGE),
        (html("Security Checkpoint", "We're verifying your browser", "Website owner? Click here to fix"), CHALLENGE),
        (html("", "", "您的请求疑似攻击行为！如果您是网站管理员，请前往后台查看详情。"), CHALLENGE),
        (html("429 Too Many Requests", "Too Many Requests", "nginx"), RATE),
        (html("Slow down", "Slow down", "You have sent us too many requests. Try again in a few minutes."), RATE),
        (html("提示", "您的操作过于频繁", "请稍后再试"), RATE),
        (html("提示", "请求过于频繁，请稍后再试", "系统检测到访问频率过高"), RATE),
        (html("Log in | Doctor's Journal", "Log in to continue", "Please sign in to read this article.", "Forgot your password?", "Not registered yet?"), LOGIN),
        (html("Members only", "Members only", "This content is available to registered members only."), LOGIN),
        (html("用户登录", "用户登录", "您需要登录后才可以继续浏览", "没有账号？立即注册"), LOGIN),
        (html("提示信息", "提示信息", "抱歉，您没有权限查看该内容，请先登录。"), LOGIN),
        (html("登入 - 健康網", "請先登入會員", "登入後即可閱讀全文，還沒有帳號請先註冊。"), LOGIN),
        (html("会員限定", "会員限定記事", "この記事を読むにはログインが必要です。"), LOGIN),
        (html("Anmelden", "Bitte anmelden", "Sie müssen sich anmelden, um diesen Artikel zu lesen."), LOGIN),
        (html("提示信息", "", "抱歉，本帖要求阅读权限高于 20 才能浏览"), LOGIN),
        (html("", "", "站点暂时关闭，请稍后再来。"), MAINTENANCE),
        (html("网站已关闭", "", "您访问的网站已关闭或因备案问题暂停服务。"), MAINTENANCE),
        (html("Site under maintenance", "We'll be back soon!", "Sorry for the inconvenience, we are performing some maintenance at the moment."), MAINTENANCE),
        (html("503 Service Temporarily Unavailable", "503 Service Temporarily Unavailable", "nginx"), MAINTENANCE),
        (html("网站维护中", "网站维护中", "系统正在进行例行维护，给您带来不便敬请谅解。"), MAINTENANCE),
        (html("系統維護中", "系統升級維護中", "我們正在升級系統，請稍後再訪問。"), MAINTENANCE),
        (html("メンテナンス中", "ただいまメンテナンス中です", "ご迷惑をおかけしますが、しばらくお待ちください。"), MAINTENANCE),
        (html("Wartungsarbeiten", "Wir sind gleich wieder da", "Unsere Website wird gerade gewartet. Danke für Ihre Geduld."), MAINTENANCE),
        ("<title>Health</title><div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>", SCRIPT),
        ("<title>Health</title><div>Loading...</div><noscript>This site needs JavaScript to work. Please turn it on.</noscript>", SCRIPT),
        ("<title>健康</title><noscript>您的浏览器不支持 JavaScript，请启用后刷新页面。</noscript>", SCRIPT),
        ("<title>健康</title><div>加载中...</div><noscript>請開啟 JavaScript 以瀏覽本網站</noscript>", SCRIPT),
        ("<div class=weui-msg><h2>此内容因违规无法查看</h2><p>由用户投诉并经平台审核，涉嫌违反相关法律法规和政策</p></div>", REMOVED),
        ("<div class=weui-msg><h2>该公众号已迁移</h2></div>", REMOVED),
        ("<div><h2>此帐号已自主注销，内容无法查看</h2></div>", REMOVED),
        ("<div><h2>该文章已被作者删除</h2></div>", REMOVED),
        ("<h1>This content has been deleted by the author</h1>", REMOVED),
    ],
)  # fmt: skip
def test_pages_in_place_of_an_article(page: str, expected: str) -> None:
    assert reason(f"<html><head><meta charset=utf-8></head><body>{page}</body></html>") == expected
    menu = "".join(f"<li><a href=/{n}>{name}</a></li>" for n, name in enumerate(("Home", "News", "首页", "关于我们")))
    assert reason(f"<meta charset=utf-8><body><ul>{menu}</ul>{page}<p>© 2024 Daily Health</p></body>") == expected


@pytest.mark.parametrize(
    "page",
    [
        html("Are you a robot? How captchas keep patients out", "Are you a robot?", PROSE, "A captcha asks the reader to tick a box."),
        html("为什么要做安全验证", "为什么要做安全验证", ZH_PROSE, "医院网站的验证码让老人无法挂号，记者从医院获悉。"),
        html("Hospital portal", "Patients lose access to their records", PROSE, "Please log in to comment."),
        html("医院挂号系统升级", "医院挂号系统将于周日升级", "我院预约挂号系统将于5月21日0时至6时升级，期间请到窗口挂号。", ZH_PROSE),
        html("Login", "Walking and sleep", PROSE, PROSE, "Username", "Password", "Forgot your password?"),
        html("Walking and sleep", "Walking and sleep", PROSE, "Subscribe to read the full article.", "Please sign in to continue."),
        html("健康号", "减盐菜谱", ZH_PROSE, "登录后查看全文", "扫码下载客户端"),
        html("Drug withdrawn", "Drug withdrawn", "The agency blocked access to the drug after unusual activity in the trial's data."),
        html("站点", "某公众号被封", "该公众号长期发布虚假医疗广告，网信部门已责令平台关闭，并对其运营者立案调查。", ZH_PROSE),
        f"<noscript>Please enable JavaScript.</noscript><h1>Walking</h1><p>{PROSE}</p><p>{PROSE}</p>",
        f"<meta http-equiv=refresh content='600'><h1>Walking</h1><p>{PROSE}</p><p>{PROSE}</p>",
        f"<script>if (mobile) location.href = '/m/a-1.html'</script><h1>Walking</h1><p>{PROSE}</p>",
    ],
)  # fmt: skip
def test_articles_about_such_things_and_with_such_boxes_are_articles(page: str) -> None:
    assert reason(f"<html><head><meta charset=utf-8></head><body>{page}</body></html>") is None


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("<meta http-equiv=refresh content='0;url=/real.html'><title>跳转</title>正在跳转", "/real.html"),
        ("<META HTTP-EQUIV='Refresh' CONTENT=\"3; URL='/real.html'\"><p>You will be redirected in 3 seconds.</p>", "/real.html"),
        ("<noscript><meta http-equiv=refresh content='0; /real.html'></noscript>", "/real.html"),
        ("<script>window.location.replace(\"/real.html\")</script>", "/real.html"),
        ("<body><script>top.location.href='/real.html';</script></body>", "/real.html"),
        ("<script>window.location = '/real.html'</script><p>如果页面没有自动跳转，请点击<a href=/real.html>这里</a></p>", "/real.html"),
        ("<meta http-equiv=refresh content='300'><p>Please wait</p>", None),
        ("<meta http-equiv=refresh content='5;url=/health/a-1.html'>", None),
        ("<meta http-equiv=refresh content='900;url=/real.html'>", None),
        ("<script>window.location.reload()</script>", None),
        ("<meta http-equiv=refresh content='1;url=/real.html'><p>The article you want lives at a new address.</p>", "/real.html"),
        (f"<noscript><meta http-equiv=refresh content='0;url=/real.html'></noscript><p>{PROSE}</p>", None),
        (f"<meta http-equiv=refresh content='0;url=/real.html'><p>{PROSE * 2}</p>", None),
        (f"<script>location.href='/real.html'</script><p>{ZH_PROSE}</p>", None),
    ],
)  # fmt: skip
def test_pages_that_only_forward(page: str, target: str | None) -> None:
    assert (reason(page) == "forward") == (target is not None)
    assert forward_target(parse(page), URL) == (target and f"https://news.example{target}")


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<document><p>text</p></document>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj <</Type /Catalog>> stream <a <p> endstream", "not html: pdf"),
        (b"\n\n%PDF-1.4 <html>", "not html: pdf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<p>", "not html"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF <p>", "not html"),
        (b"GIF89a\1\0\1\0<p>", "not html"),
        (_zip(), "not html"),
        (gzip.compress(b"<p>a page, compressed twice</p>", mtime=0), "not html"),
        (b"RIFF\x24\0\0\0WEBPVP8 <p>", "not html"),
        (b"\0\0\0\x20ftypmp42<p>", "not html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1<p>", "not html"),
        (b"\x01\x02\x03<q\x04\x05\x00\x00data<b", "not html"),
        (bytes(range(256)) * 8, "not html"),
        (f"<p>{PROSE}</p>\0<p>{PROSE}\1</p>".encode(), None),
        (f"<html><body><p>{PROSE}</p></body></html>".encode("utf-16-le"), None),
        (f"<html><body><p>{ZH_PROSE * 3}</p></body></html>".encode("utf-16"), None),
    ],
)  # fmt: skip
def test_files_that_are_no_text(body: bytes, expected: str | None) -> None:
    assert reason(body) == expected
