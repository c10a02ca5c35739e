"""Pages for browsers and their packaged assets."""
