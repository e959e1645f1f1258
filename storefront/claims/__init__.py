"""What our texts state: a lexicon of phrases to be careful with, where they stand, and what was decided about them.

Knows texts by kind and id alone; refuses to know who shows them. It is no lawyer: it points, people decide.
"""
