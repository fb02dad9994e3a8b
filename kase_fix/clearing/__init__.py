"""What deals oblige their parties to: positions, as folds over events."""
