"""What the shop knows of a person: told on request, erased on request.

Refuses to know what a row means; every room says which of its rows are about whom.
"""
