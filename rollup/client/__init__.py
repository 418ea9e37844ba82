"""
What a trader has: keys, signed orders, and the way out without the operator.
"""
