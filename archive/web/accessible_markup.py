"""Tell in Datasette's templates what screen readers need: the language of a page, and what form fields are for."""

from jinja2.ext import Extension

from archive.web.translation import gettext_noop as _

# Text of Datasette 0.65's templates, and what takes its place.
_MARKUP = {
    "<!DOCTYPE html>\n<html>": '<!DOCTYPE html>\n<html lang="{{ hn_language.tag }}">',
    '<select name="_filter_column': '<select aria-label="Column" name="_filter_column',
    '<select name="_filter_op': '<select aria-label="Comparison" name="_filter_op',
    '<input type="text" name="_filter_value': '<input type="text" aria-label="Value" name="_filter_value',
    '<select name="_sort" id="sort_by">': '<select aria-label="Sort by" name="_sort" id="sort_by">',
    '<textarea id="sql-editor"': '<textarea aria-label="SQL" id="sql-editor"',
    'class="cross">': 'class="cross" aria-label="Remove">',
    "cmResize(editor,": 'editor.getInputField().setAttribute("aria-label", "SQL");\n        cmResize(editor,',
}

# Words of its templates that are translated, in the markup around them.
_WORDS = {
    '{} <a href="https://datasette.io/" title': _("Powered by"),
    "<h3>{}": _("Custom SQL query"),
    'type="submit" value="{}"': _("Run SQL"),
    'type="button" hidden>{}<': _("Format SQL"),
    '<span class="underlined">{}<': _("View and edit SQL"),
    '<p class="export-links">{} {{%': _("This data as"),
    '<input type="submit" value="{}"': _("Apply"),
    '<a href="{{{{ next_url }}}}">{}<': _("Next page"),
    '<h2 id="queries">{}<': _("Queries"),
    '<h2 id="tables">{}<': _("Tables"),
    '<h2 id="views">{}<': _("Views"),
    '<label for="_search">{}<': _("Search:"),
}


class AccessibleMarkup(Extension):
    """Complete the markup in a template's source, which no stored text is in."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Return the source with the page's language, the names of form fields and words that are translated."""
        for markup, complete in _MARKUP.items():
            source = source.replace(markup, complete)
        for markup, words in _WORDS.items():
            source = source.replace(markup.format(words), markup.format(f'{{{{ _("{words}") }}}}'))
        return source
