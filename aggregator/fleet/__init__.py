"""Many machines on one PostgreSQL: the schedule defers a job for each source that is due, workers run them.

The queue is Procrastinate's (extra `[fleet]`), on the database that the store is on; nobody else imports this package.
What must hold whatever the queue does - one connection to a host, its pause, each page once, one editor - is the
store's doing, so a job that is run twice by accident finds nothing left to do.
"""
