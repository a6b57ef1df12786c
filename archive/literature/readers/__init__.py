"""Read the files that bibliographic databases give away, one record after the other."""
