"""AIMSS Monitor: what patients report, how it is scored, and who must answer."""
