"""The situation room: one incident while it goes on, for the team that has to act. It refreshes itself, and prints."""
