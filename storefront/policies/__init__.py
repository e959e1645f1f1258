"""What the shop promises: one document, and everything that follows from it.

Knows zones, windows and conditions; refuses to know goods, orders and customers.
"""
