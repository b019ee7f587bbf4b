"""Every source of figures, asked in turn, and the gate that each answer must pass.

No parser and no store: refused answers are told apart from good ones here, and nothing is written.
"""
