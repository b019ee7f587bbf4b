"""How a table lies in its cells: long, wide, years by months; one row a month is made of each.

Nothing that opens a file or reads a number: figures go on as they came.
"""
