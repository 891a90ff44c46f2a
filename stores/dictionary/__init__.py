"""The data dictionary: every field that somebody may read, in Spanish and English, made from the code."""
