"""The `healthnews` command, and the commands that use the crawler."""
