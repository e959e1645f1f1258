"""Letters to readers who asked for them: who subscribed and on which words, and posts that are sent to all of them.

Knows subscribers, what they agreed to, and letters; refuses to write to anybody who has not confirmed it.
"""
