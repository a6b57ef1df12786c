"""The healthnews command and the commands that crawl."""
