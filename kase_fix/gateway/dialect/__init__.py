"""What members say and what they are told, as FIX text: `read` turns text into a command, `report` an event into text.

`fix44` and `next_` are the two dialects; the other modules are what they share. Nothing here imports quickfix: it
parses and validates in front of `read`, and sends what `frame` makes.
"""
