"""The program's own words that the archive stores, such as outcomes and reasons, as readers see them."""

from archive.web.translation import gettext
from archive.web.translation import gettext_noop as _

# Outcomes and states of pages, kinds of pages, and outcomes of crawls: docs/crawling.md has them.
STATES = (
    _("new"), _("changed"), _("same"), _("unchanged"), _("stored"), _("read"), _("alias"), _("gone"), _("blocked"),
    _("no article"), _("refused"), _("failed"), _("lists read"), _("running"), _("finished"), _("stopped"), _("died"),
    _("article"), _("feed"), _("sitemap"), _("listing"), _("image"), _("images"), _("images not kept"), _("kept"),
    _("not fetched"), _("yes"), _("no"),
)  # fmt: skip
REASONS = (
    _("moved"), _("soft 404"), _("removed by publisher"), _("redirect to home page"), _("redirect to error page"),
    _("redirect to listing"), _("moved elsewhere"), _("challenge"), _("rate limit"), _("login"), _("maintenance"),
    _("same answer"), _("empty"), _("no text"), _("not html"), _("not html: pdf"), _("too large"), _("too complex"),
    _("forward"), _("needs javascript"), _("timed out"), _("out of memory"), _("crashed"), _("error"), _("robots"),
    _("noindex"), _("noarchive"), _("removed"), _("private address"), _("bad address"), _("redirect loop"),
    _("ignored"), _("no such host"), _("no connection"), _("broken connection"), _("bad certificate"), _("cut short"),
    _("host waits"), _("led elsewhere"), _("doubtful"), _("lost"), _("not an image"),
    _("too many"), _("other page"),
)  # fmt: skip
ALERTS = (
    _("rate limited"), _("discovery fails"), _("lists nothing"), _("articles fail"), _("no article yet"), _("quiet"),
    _("articles gone"), _("fewer articles"), _("fewer dates"), _("fewer references"), _("robots changed"),
    _("certificate changed"), _("certificate expires"), _("crawl ended early"), _("no crawl"),
)  # fmt: skip
# Hints at claims, kinds of advertising, natures of notices on works.
KINDS = (
    _("certainty"), _("doubt"), _("negation"), _("number"),
    _("advertisement"), _("call to action"), _("contact"), _("form"), _("newsletter"), _("phone"), _("QR code"),
    _("slogan"),
    _("Retraction"), _("Expression of concern"), _("Correction"), _("Reinstatement"),
)  # fmt: skip
_WORDS = frozenset((*STATES, *REASONS, *ALERTS, *KINDS))


def word(text: str | None) -> str:
    """Return a word of the program in the current language.

    Of `trap: calendar` and `robots timed out` the parts are translated. Others stay as they are, such as `http 404`.
    """
    if not text or text in _WORDS:
        return gettext(text) if text else ""
    for mark in (": ", " "):
        first, found, rest = text.partition(mark)
        if found and first in ("trap", "robots"):
            template = _("trap: %(what)s") if first == "trap" else _("robots %(what)s")
            return gettext(template, what=word(rest))
    return text
