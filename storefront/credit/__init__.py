"""Gift cards and store credit: money that the shop owes, spent at checkout like money.

Knows balances, their ledger and what of them orders hold; refuses to know goods and prices. Credit is tender, not
discount: it changes no total, tax or threshold.
"""
