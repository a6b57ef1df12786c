"""Asking Crossref and NCBI for what references do not print; off unless the user asks for it."""
