"""Follow a page that only forwards, by a meta refresh or a script, as an HTTP redirect is followed.

Scrapy's own middleware would follow every meta refresh, also one of a page with an article, and none of a script.
"""

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import Response

from archive.page import Page
from archive.urls.canonical import canonical_url
from crawler.request_state import state_of

FORWARD = "forward"  # in Request.meta["redirect_reasons"], where HTTP redirects have their status


class ForwardsMiddleware(BaseRedirectMiddleware):
    """Sends the request for the page that an article's URL forwards to.

    The scheduler treats it as any redirect: exclusions, robots.txt, the host's delay and the limit of redirects apply.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:
        page = state_of(request).page
        if page is None or page.kind != "article" or response.status != 200 or request.meta.get("dont_redirect"):
            return response
        from archive.extraction.forwards import forward_of  # with the patterns of challenges: loaded by the first page

        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        url = canonical_url(response.url)
        target = forward_of(Page(url=url, body=response.body, content_type=content_type))
        if target is None:
            return response
        return self._redirect(self._build_redirect_request(request, response, url=target), request, FORWARD)
