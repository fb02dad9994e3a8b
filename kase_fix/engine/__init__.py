"""The state machine: `Engine.apply(sequenced) -> events`. No clock, no chance, no input or output.

`RULES_VERSION` grows with every release that changes what `apply` does; a journal of another version is not opened.
"""

RULES_VERSION = 1
