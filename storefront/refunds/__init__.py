"""Money back, on its way.

Refuses to know why it was decided.
"""
