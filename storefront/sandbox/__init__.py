"""Stripe's stand-in: a server that speaks Stripe's wire protocol and moves no money.

It stands outside the house: it imports no room, no room imports it, and only its own secret keys open it.
"""
