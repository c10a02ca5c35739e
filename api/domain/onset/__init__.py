"""Detection of a lasting rise in symptoms: a multi-hypothesis Kalman filter over onset days."""
