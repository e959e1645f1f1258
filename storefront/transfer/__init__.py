"""Goods and texts that move in and out.

Refuses to know who shows them.
"""
