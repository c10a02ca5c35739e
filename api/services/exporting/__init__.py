"""Exports a site's diaries for replay and research."""
