"""Which of some candidate papers a news text reports on: words, people and journals, and a small trained model.

The module is pure: it gets the records and the counts of an index, and touches no database.
"""
