"""What moved a linear system: structural shocks, responses, and decompositions.

No forecasts and no scenarios: shocks are for understanding, and nothing is assumed of the future.
"""
