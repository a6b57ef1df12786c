"""Keep cookies within the redirects of one page.

Some sites set a cookie and redirect to the same URL; without the cookie that never ends. Scrapy's own middleware keeps
cookies for the whole crawl, and downloads the list of public suffixes, which an archive must not do.
"""

from scrapy import Request
from scrapy.http import Response

from crawler.request_state import state_of


class RedirectCookiesMiddleware:
    """Sends the cookies of a response with the requests that follow from it."""

    def process_request(self, request: Request) -> None:
        state_of(request).cookies.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        state_of(request).cookies.extract_cookies(response, request)
        return response
