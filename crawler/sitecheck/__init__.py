"""`healthnews sites check` and `sites try`: whether a site still yields complete articles."""
