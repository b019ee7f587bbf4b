"""What is assumed of the future: single conditions, odd values, how far out they are.

No system and no kernel.
"""
