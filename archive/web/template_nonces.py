"""Mark the scripts and styles that are written in templates, so that a content security policy can tell them from
scripts in stored text."""

import re

from jinja2.ext import Extension

from archive.web.security_headers import NONCE

_INLINE = re.compile(r"<(script|style)(?=[\s>{])(?![^>]*\b(?:src|nonce)=)", re.IGNORECASE)
_MARKED = rf'<\1{{% if {NONCE} %}} nonce="{{{{ {NONCE} }}}}"{{% endif %}}'


class Nonces(Extension):
    """Add the request's nonce to each inline script and style of a template's source, which no stored text is in."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Return the source with nonces."""
        return _INLINE.sub(_MARKED, source)
