"""`healthnews sites check` and `sites try`: check whether sites still yield complete articles."""
