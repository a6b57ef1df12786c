"""HTML trees: parsing, and the lines that a reader sees."""
