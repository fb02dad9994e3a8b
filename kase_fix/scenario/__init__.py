"""Stories: the language QA and members write them in, and the FIX clients that play them against a venue."""
