"""The shopper's pages: the shelves, a product, an order, and the frame around every page.

Knows how rooms below are shown together; refuses to have rules of its own.
"""
