"""Who is told: the list, each one's wishes, and what was told to whom, when, how and with which result."""
