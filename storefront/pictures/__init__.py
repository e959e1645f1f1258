"""Pictures of whatever a room shows: checked, made clean, kept in several sizes, and served.

Knows files and pixels; refuses to know what a picture is of, and whose it is.
"""
