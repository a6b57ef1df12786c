"""Functions on strings: folding, scripts, sentences, shingles, differences."""
