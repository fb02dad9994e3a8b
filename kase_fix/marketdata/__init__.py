"""What the public may know of the market: depth, deals, statistics, auctions and phases, as folds over events."""
