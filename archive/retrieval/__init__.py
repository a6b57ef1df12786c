"""Search: a query, its plan, the order of its hits, snippets and facets."""
