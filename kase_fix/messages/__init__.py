"""What may happen (commands), what happened (events), and their one binary form."""
