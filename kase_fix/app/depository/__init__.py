"""The port to the Central Depository and its two adapters: simulated in rehearsal, signed files otherwise."""
