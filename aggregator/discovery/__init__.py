"""Bytes in, Sightings out: feeds, JSON Feeds and sitemaps are read here.

Pure: what was fetched comes in as bytes, nothing is asked for, and no input makes a reader raise.  `feeds.read` is
the one door; it looks at the body, not at what its server calls it.  Called by the spiders.
"""
