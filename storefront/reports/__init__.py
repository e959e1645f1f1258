"""Figures and proofs; reads everything.

Refuses to know how to change anything.
"""
