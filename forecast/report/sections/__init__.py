"""Sections of the report, in the order of a reader's questions.

No HTML and no words: sections give tables, charts and numbers, and the words are in one file above.
"""
