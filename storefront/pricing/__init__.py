"""Prices and the tax in them, to the last minor unit.

Knows arithmetic on Money; refuses to know goods, carts and orders.
"""
