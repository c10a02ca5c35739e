"""One module an instrument: its items, its scorer, its sources and its licence."""
