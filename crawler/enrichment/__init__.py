"""Look up works at Crossref and NCBI, for data that references do not print; only on request of the user."""
