"""The tables, one aggregate a file, without behaviour."""
