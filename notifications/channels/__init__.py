"""The ways out of the building, each behind the same port."""
