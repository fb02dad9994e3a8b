"""FIX-MD: market data in a process of its own (`python -m kase_fix.gateway.md <fd>`)."""
