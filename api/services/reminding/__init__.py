"""What a patient is asked, when, and what follows when she does not answer."""
