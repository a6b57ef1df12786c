"""Cookies within the redirects of one page, and no further.

Some sites set a cookie and send the reader to the same address again; without the cookie that never ends. Scrapy's own
middleware keeps cookies for the whole crawl, and asks the network for the list of public suffixes, which an archive
must not do.
"""

from scrapy import Request
from scrapy.http import Response
from scrapy.http.cookies import CookieJar

JAR = "jar"  # key of Request.meta, which redirects carry on


class RedirectCookies:
    """Keeps the cookies of a page's answers for the requests that follow from them."""

    def process_request(self, request: Request) -> None:
        jar: CookieJar = request.meta.setdefault(JAR, CookieJar())
        jar.add_cookie_header(request)

    def process_response(self, request: Request, response: Response) -> Response:
        request.meta[JAR].extract_cookies(response, request)
        return response
