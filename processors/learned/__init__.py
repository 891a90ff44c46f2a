"""What was learned from labelled texts, and reading new ones by it: numpy alone, no training."""
