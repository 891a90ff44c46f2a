"""The view *What they say*: what it is about, which words and stories are new, and whom it is said to."""
