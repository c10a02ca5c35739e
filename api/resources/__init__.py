"""HTTP only: one blueprint a file, the same nouns everywhere."""
