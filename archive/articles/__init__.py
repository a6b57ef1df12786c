"""Articles in the archive: written, read, moved with their URL, and extracted again."""
