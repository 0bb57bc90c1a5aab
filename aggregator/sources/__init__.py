"""Whom we read, when to ask again, and when to give a page up.

Pure: files come in as text, answers as plain facts, the time as an argument; what goes out are Sources and decisions
with their reasons.  Called by the spiders, the scheduler and the command line.
"""
