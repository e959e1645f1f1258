"""The magazine: posts and pages, who wrote them, what they are about, and the goods they show.

Knows texts and when they appear; refuses to know orders, and what readers answer.
"""
