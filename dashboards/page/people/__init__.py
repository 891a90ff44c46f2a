"""Who asks: people and their roles, logging in, and what each may do where."""
