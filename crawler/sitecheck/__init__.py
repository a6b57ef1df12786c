"""`healthnews sites check`, `sites try` and `sites add`: whether sites yield complete articles; files of new ones."""
