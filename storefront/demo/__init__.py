"""The demo shop.

Refuses to know that any real shop exists.
"""
