"""Working days of the Republic and of the correspondent banks, settlement dates, and Almaty time."""
