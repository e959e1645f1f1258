"""Goods, their variants and their stock.

Refuses to know carts, orders and posts.
"""
