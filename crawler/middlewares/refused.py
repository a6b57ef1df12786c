"""The gate's last word: what must not be asked for does not go out."""

from scrapy import Request

from crawler.politeness.outcomes import Refusal
from crawler.scheduler import REFUSED


class Gate:
    """Turns away what the frontier marked as refused, by robots.txt for instance."""

    def process_request(self, request: Request) -> None:
        refusal: Refusal | None = request.meta.get(REFUSED)
        if refusal:
            raise refusal
