"""Write and look up articles, follow redirects, compare revisions, and run extraction again."""
