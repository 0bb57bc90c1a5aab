"""Journal: append-only files.

`jsonl.py` writes what was published (articles.jsonl and the journal's parts) from the store's log; `schema.py` makes
the JSON Schema of the lines; `warc.py` writes and reads what was fetched, `archives.py` keeps its files.  Decides
nothing.
"""

from aggregator.journal.jsonl import JournalOptions, Publisher
from aggregator.journal.lines import line_of

__all__ = ["JournalOptions", "Publisher", "line_of"]
