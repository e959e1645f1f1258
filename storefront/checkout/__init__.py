"""From cart to paid order.

Refuses to know Stripe's own words.
"""
