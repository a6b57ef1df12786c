"""Site files: what a site is, the keys of its file, and the bundled sites."""
