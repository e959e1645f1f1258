"""What was bought, for how much, on which terms.

Refuses to know how a page looks.
"""
