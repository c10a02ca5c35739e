"""What a site has decided about thresholds, tiers and the budget."""
