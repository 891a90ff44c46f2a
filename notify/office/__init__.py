"""What keeps telling people going: it looks, decides, keeps, hands over, and keeps what became of it."""
