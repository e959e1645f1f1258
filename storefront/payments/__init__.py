"""Attempts to be paid, and Stripe.

Refuses to know what was bought.
"""
