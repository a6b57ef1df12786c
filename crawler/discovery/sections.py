"""Find the pages of a home page that may list articles."""

from collections import Counter
from urllib.parse import unquote, urlsplit

from archive.text.word_lists import all_words, read_word_list
from archive.urls.canonical import canonical_url, same_host
from crawler.discovery.listing import links_of
from crawler.sites.article_urls import is_article, is_page
from crawler.sites.site import Site

MOST_SECTIONS = 5
_NAMES = frozenset(all_words(read_word_list("crawler.discovery", "listing_names")))


def sections_of_home(body: bytes, url: str, site: Site) -> list[str]:
    """Return the pages that the home page at `url` links to and that may list articles, most likely first.

    They are on its host. Their addresses begin those of articles that the page links to, or their names say news.
    """
    links = list(dict.fromkeys(link for link in links_of(body, url, site) if same_host(link, url)))
    articles = [link for link in links if is_article(link, site)]
    home = canonical_url(url)
    scores: Counter[str] = Counter()
    for link in links:
        if link == home or link in articles or "?" in link or not is_page(link):
            continue
        folder = link if link.endswith("/") else f"{link}/"
        names = [part.lower() for part in unquote(urlsplit(link).path).split("/") if part]
        named = bool(names) and names[-1].removesuffix(".html").removesuffix(".htm") in _NAMES
        score = sum(article.startswith(folder) for article in articles) + 3 * named
        if score and len(names) <= 3:
            scores[link] = score
    return [link for link, _ in scores.most_common(MOST_SECTIONS)]
