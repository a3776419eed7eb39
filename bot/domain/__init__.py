"""Words of the trade: what the rest of the program talks about. No I/O and no framework in here."""
