"""A page with prose and a reference list, for tests of the lists that are taken from a page."""

import lxml.html
from lxml.html import HtmlElement

ENTRY = "Okafor N, Lindqvist P. Mild exercise and sleep in adults. Sleep Stud. 2019;12(3):45-51."
PROSE = (
    "<p>每天步行三十分钟有助于改善睡眠，这一点在多项观察中都得到了证实，效果在老年人中更为明显，因此值得推荐给每一位睡不好的朋友和大家。</p>"
    * 3
)


def page(body: str) -> HtmlElement:
    """An article of three paragraphs with `body` behind them."""
    return lxml.html.document_fromstring(f"<html><body><article><h1>睡眠</h1>{PROSE}{body}</article></body></html>")
