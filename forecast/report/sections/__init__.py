"""Sections of the report, in the order of a reader's questions.

No HTML and no words: sections give tables, charts and numbers, worded by `tradeshock.forecast.report.words`.
"""
