"""What a shopper means to buy, and what it costs now.

Refuses to know whether it was paid.
"""
