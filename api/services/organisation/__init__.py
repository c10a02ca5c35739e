"""Who works at a site, in which teams, and with which keys: inviting, changing and ending."""
