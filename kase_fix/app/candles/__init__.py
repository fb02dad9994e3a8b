"""The file of past days' candles: kept by the venue, made anew from the journal by a process of its own."""
