"""Several series that move together: vector autoregressions and the factor model.

No early counts, and none of the arithmetic that needs no panel (`models.algebra`).
"""
