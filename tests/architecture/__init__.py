"""Laws of the codebase itself."""
