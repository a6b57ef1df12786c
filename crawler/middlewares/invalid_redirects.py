"""Refuse redirects to an invalid URL: Scrapy would lose such a page, or take the redirect for the page."""

from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from w3lib.url import safe_url_string

from archive.urls.canonical import canonical_url
from crawler.politeness.outcomes import Outcome, RefusedError

REDIRECTS = (301, 302, 303, 307, 308)


class InvalidRedirectsMiddleware:
    """Refuses a page that redirects to a scheme other than http and https, or to an invalid host name."""

    def process_response(self, request: Request, response: Response) -> Response:
        location = response.headers.get("Location")
        if location is None or response.status not in REDIRECTS or request.meta.get("dont_redirect"):
            return response
        try:
            canonical_url(urljoin(request.url, safe_url_string(location)))
        except ValueError as error:
            shown = location[:200].decode("latin-1")
            detail = f"Redirected to {shown!r}, which is no address"
            raise RefusedError(Outcome("refused", "bad address", detail)) from error
        return response
