"""Refuse redirects to an invalid URL: Scrapy would lose such a page, or take the redirect for the page.

User names are taken out: Scrapy would look up `user@host` as a host name and fail, and the failure would count against
the host.
"""

from urllib.parse import urljoin, urlsplit

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
            target = redirect_without_user(urljoin(request.url, safe_url_string(location)))
        except ValueError as error:
            shown = location[:200].decode("latin-1")
            detail = f"Redirected to {shown!r}, which is no address"
            raise RefusedError(Outcome("refused", "bad address", detail)) from error
        if target is None:
            return response
        headers = response.headers.copy()
        headers["Location"] = target
        return response.replace(headers=headers)


def redirect_without_user(url: str) -> str | None:
    """Return the URL without its user name and password; None if it has none. Raises ValueError if it is invalid.

    Also where a request would go to another host than the one that the URL is counted for.
    """
    canonical, parts = urlsplit(canonical_url(url)), urlsplit(url)
    user, at, authority = parts.netloc.rpartition("@")
    if "\\" in user or urlsplit(canonical_url(f"{parts.scheme}://{authority}/")).netloc != canonical.netloc:
        raise ValueError(f"two host names in one URL: {url!r}")
    return parts._replace(netloc=authority).geturl() if at else None
