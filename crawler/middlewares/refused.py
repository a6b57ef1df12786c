"""Drop requests that the scheduler refused: robots.txt forbids the URL or cannot be read."""

from scrapy import Request

from crawler.politeness.outcomes import RefusedError
from crawler.request_state import state_of


class RefusedMiddleware:
    """Raises RefusedError for a refused request, so that the spider records its outcome."""

    def process_request(self, request: Request) -> None:
        if refusal := state_of(request).refusal:
            raise RefusedError(refusal)
