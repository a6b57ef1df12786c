"""Data shipped with the package; each file names its source and licence in its first lines."""
