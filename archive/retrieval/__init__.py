"""Full-text search: query language, query plan, ranking, snippets and facets."""
