"""Contract suites: what every source, store and tagger has to keep, as classes of tests to inherit.

Needs pytest and pytest-asyncio, which Corrillo itself does not.
"""
