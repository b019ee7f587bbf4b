"""Publishers of the catalog's series, one file each: where to ask, and how to read the answer.

No check against known figures, and nothing is kept: parsers are pure functions of bytes.
"""
