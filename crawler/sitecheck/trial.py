"""Try a site's rules and the extraction on one page, without touching the archive: `healthnews sites try`."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.article import Article, NoArticle
from archive.articles.lookup import find_article, load
from archive.errors import NotStoredError
from archive.page import Page
from archive.storage.database import open_archive
from archive.storage.row_mapping import to_json
from archive.urls.canonical import canonical_url
from crawler.discovery import read_listing
from crawler.sites.article_urls import is_article
from crawler.sites.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result for one page.

    `is_article` is whether the site's rules match the URL. `outcome` says why there is no `article`. `links` are the
    articles that the page links to, read as a listing (files only).
    """

    url: str
    is_article: bool
    article: Article | None
    outcome: str | None
    links: tuple[str, ...] = ()

    def as_object(self) -> dict[str, Any]:
        """Return the trial for JSON."""
        article = json.loads(to_json(self.article)) if self.article else None
        return {
            "url": self.url,
            "wanted": self.is_article,
            "fate": self.outcome,
            "links": self.links,
            "article": article,
        }

    def as_text(self) -> str:
        """Return the trial as lines of text."""
        lines = [self.url, f"  an article by the site's rules: {'yes' if self.is_article else 'no'}"]
        if self.article:
            found = self.article
            lines += [
                f"  title      {found.title}",
                f"  source     {found.source or '-'}",
                f"  published  {found.published or '-'}",
                f"  language   {found.language or '-'}",
                f"  text       {len(found.text)} characters: {found.text[:60]!r} … {found.text[-60:]!r}",
                f"  references {len(found.references)}, markers {len(found.citations)}, removed {len(found.removals)}",
            ]
        else:
            lines.append(f"  no article: {self.outcome}")
        if self.links:
            lines.append(f"  as a listing it links to {len(self.links)} articles:")
            lines += [f"    {link}" for link in self.links]
        return "\n".join(lines)


def of_file(path: Path, url: str, site: Site) -> Trial:
    """Try a saved page; `url` is its URL. Raises OSError, and ValueError for an invalid URL."""
    from archive.extraction import extract

    url, body = canonical_url(url), path.read_bytes()
    links = tuple(link.url for link in read_listing(body, url, site).links if link.kind == "article")
    try:
        article, outcome = extract(Page(url=url, body=body, site=site.name, language=site.language)), None
    except NoArticle as error:
        article, outcome = None, error.reason
    return Trial(url=url, is_article=is_article(url, site), article=article, outcome=outcome, links=links)


def of_url(url: str, site: Site, sites: Path | None, contact: str | None, allow_private: bool) -> Trial:
    """Try a page that is fetched into a temporary archive.

    Raises what a crawl raises: ContactError, SiteError; ValueError for an invalid URL.
    """
    from crawler.run import crawl, settings

    url = canonical_url(url)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "trial.db"
        private = True if allow_private or site.allow_private else None
        crawl_settings = settings(
            archive, HEALTHNEWS_SITES=sites, HEALTHNEWS_CONTACT=contact, HEALTHNEWS_ALLOW_PRIVATE=private,
            HEALTHNEWS_WORKERS=1,
        )  # fmt: skip
        crawl("urls", crawl_settings, urls=url)
        db = open_archive(archive)
        try:
            article, outcome = load(db, find_article(db, url)).article, None
        except NotStoredError:
            article, outcome = (
                None,
                _outcome(db.execute("select state, reason from pages where url = ?", [url]).fetchone()),
            )
        finally:
            db.close()
    return Trial(url=url, is_article=is_article(url, site), article=article, outcome=outcome)


def _outcome(row: tuple[str, str | None]) -> str:
    return ", ".join(filter(None, row))
