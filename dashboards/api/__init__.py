"""The read API: what the page shows, as JSON for other programs. GET only; its description is made of what validates."""
