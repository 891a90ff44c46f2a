"""The view "Where they talk"."""
