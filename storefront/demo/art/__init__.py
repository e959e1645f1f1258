"""Pictures of the demo shop, printed by script.

Knows what the goods look like; refuses to know what they cost.
"""
