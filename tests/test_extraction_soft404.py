"""Soft 404s: pages that say that there is no such page."""

import pytest

from archive.article import NoArticle
from archive.extraction import extract
from archive.extraction.soft404 import is_not_found_notice
from archive.page import Page

FILLER = "<p>" + "A paragraph of an article that goes on for long enough to be one, and says things. " * 6 + "</p>"


@pytest.mark.parametrize(
    "line",
    [
        "404", "404 Not Found", "Page not found", "Error 404: Page Not Found", "Oops! That page can’t be found.",
        "Sorry, the page you are looking for does not exist.", "Sorry, this article is no longer available",
        "The page you requested could not be found", "This page doesn't exist", "Article not found",
        "The requested URL was not found", "This content has been removed", "页面不存在", "抱歉，您访问的页面不存在",
        "对不起，您要查看的文章不存在或已被删除", "404错误", "该文章已被删除", "您访问的页面找不到了", "內容已刪除",
        "很抱歉，页面走丢了", "找不到页面", "抱歉,该内容已下线", "ページが見つかりませんでした", "Seite nicht gefunden",
        "Page introuvable", "Página no encontrada", "페이지를 찾을 수 없습니다", "您查找的信息不存在！",
    ],
)  # fmt: skip
def test_notices(line: str) -> None:
    assert is_not_found_notice(line)


@pytest.mark.parametrize(
    "line",
    [
        "", "Sorry", "抱歉", "Cure for hepatitis B not found in 404 patients", "No evidence found for stem cell claims",
        "FDA: the drug is no longer available in Europe, patients say", "404 patients recovered", "Gone", "Not",
        "Why genes are missing", "干细胞疗法并不存在", "为什么药品找不到了", "该疫苗已下线", "文章已被撤稿",
        "Ebola: what was found, and what was not", "Content of vitamin C not found to matter",
        "The article was retracted",
    ],
)  # fmt: skip
def test_lines_that_are_not_notices(line: str) -> None:
    assert not is_not_found_notice(line)


@pytest.mark.parametrize(
    "page",
    [
        f"<title>Page not found | Daily Health</title><h1>Most read</h1>{FILLER}",
        f"<title>Daily Health</title><h1>404</h1>{FILLER}",
        f"<title>晨光健康</title><h2>抱歉，您访问的页面不存在</h2>{FILLER}",
        "<title>晨光健康</title><div><a href=/>首页</a></div><p>您访问的文章不存在或已删除，5秒后返回首页。</p>",
        "<title>抱歉，您访问的页面不存在</title><p>返回首页</p>",
        "<title>页面不存在</title><p>如有疑问，请联系管理员。</p>",
        "<title>Daily</title><article><p>Sorry! The page you are looking for was not found. Try again.</p></article>",
    ],
)
def test_soft_404s(page: str) -> None:
    with pytest.raises(NoArticle, match=r"^not found$"):
        extract(Page(url="https://news.example/a/1", body=f"<html><body>{page}</body></html>".encode()))


def test_an_article_about_missing_pages_is_extracted() -> None:
    page = f"<title>When the page is not found: lost health advice</title><h1>When the page is not found</h1>{FILLER}"
    assert extract(Page(url="https://news.example/a/1", body=page.encode())).text
