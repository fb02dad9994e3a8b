"""What the public may know of the market: depth, deals, statistics and phases, as folds over events."""
