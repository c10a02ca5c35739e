"""Staff, teams and service accounts of a site: invitations, changes and departures."""
