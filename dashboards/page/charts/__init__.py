"""Charts on the page: drawn by a script, as pictures without one, and as tables for everyone."""
