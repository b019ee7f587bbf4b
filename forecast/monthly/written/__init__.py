"""A forecast as other tools read it: long tables, and sheets of a workbook.

No figure of its own, and no sentence.
"""
