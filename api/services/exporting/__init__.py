"""Takes a site's diaries out of the server, for replay and research."""
