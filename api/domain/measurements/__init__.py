"""What staff measure: kinds and their bounds, how one is read, and what it means beside others."""
