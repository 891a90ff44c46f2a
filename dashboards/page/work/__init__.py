"""The team's work on mentions: cases, corrections, what is not about us; and who did what."""
