"""Say what became of the pages of a crawl that Scrapy's own command runs; the healthnews command does so itself."""

import sys
from collections import Counter

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured

from archive.monitoring.crawl_problems import crawl_problems
from archive.storage.database import open_archive
from crawler.session import Session, session_of


class Summary:
    """Prints the outcomes and the problems of a crawl to standard error at its end."""

    def __init__(self, crawler: Crawler, session: Session) -> None:
        self.path, self.session = crawler.settings["HEALTHNEWS_ARCHIVE"], session
        crawler.signals.connect(self.stopped, signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Summary":
        if not crawler.settings.getbool("HEALTHNEWS_SUMMARY"):
            raise NotConfigured
        return cls(crawler, session_of(crawler))

    def stopped(self) -> None:
        session = self.session
        counts: Counter[str] = sum(session.archive.counts.values(), Counter())
        outcomes = [f"{number:,} {name}" for name, number in counts.most_common()]
        lines = [", ".join(outcomes) or "Nothing was fetched."]
        db = open_archive(self.path, reading=True)
        try:
            every_page = session.selection.urls is not None
            now = session.archive.started_at
            lines += crawl_problems(
                db, session.archive.crawl_id, every_page=every_page, now=now, selection=session.selection
            )
        finally:
            db.close()
        lines += [*session.status.warnings, *([session.status.problem] if session.status.problem else [])]
        for line in lines:
            print(line, file=sys.stderr)
