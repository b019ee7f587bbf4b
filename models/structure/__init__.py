"""What moved a linear system: structural shocks, responses, decompositions and tests of a fit.

No forecasts and no scenarios: shocks are for understanding, and nothing is assumed of the future.
"""
