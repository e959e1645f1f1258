"""What readers say beneath a text, and what staff decide about it.

Knows a subject's kind and id; refuses to know posts, which say themselves what may be said about them.
"""
