"""The session scheduler: from a date and what was decided to the day's transitions of every board."""
