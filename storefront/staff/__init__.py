"""Screens for the people who run the shop.

Knows pages, forms and keys; refuses to know any rule: what may happen to an order or a product is its own room's.
"""
