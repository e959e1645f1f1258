"""Stripe's events, and reconciling what they missed.

Refuses to know how money is counted.
"""
