"""Mutated messages, a million of them, against a venue in trading: `make fuzz` (MESSAGES=1000000).

The messages are those of the stories; they are mutated as bytes, as fields and as values. Members who trade beside it
must notice nothing, and what was refused must have changed nothing.
"""
