"""What an answer means, and when its page is fetched again."""
