"""One day of a patient's diary, and patient factors outside the diary."""
