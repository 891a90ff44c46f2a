"""Mentions → tagged mentions: pure steps, one file each, composed in ``processors.enrich``."""
