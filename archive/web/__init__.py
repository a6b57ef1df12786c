"""The archive in a browser: a Datasette plugin, and the server for it.

The package is the plugin's entry point, since Datasette looks for templates/ in a package of that name.
"""

from archive.web.plugin import (
    asgi_wrapper,
    extra_css_urls,
    extra_js_urls,
    extra_template_vars,
    get_metadata,
    handle_exception,
    permission_allowed,
    prepare_connection,
    prepare_jinja2_environment,
    register_routes,
    render_cell,
)

__all__ = [
    "asgi_wrapper",
    "extra_css_urls",
    "extra_js_urls",
    "extra_template_vars",
    "get_metadata",
    "handle_exception",
    "permission_allowed",
    "prepare_connection",
    "prepare_jinja2_environment",
    "register_routes",
    "render_cell",
]
