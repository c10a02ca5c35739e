"""One module for each instrument: its items, its scorer, its sources and its licence."""
