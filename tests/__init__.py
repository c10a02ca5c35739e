"""What the product promises, as sentences that are true."""
