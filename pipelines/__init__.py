"""What happens to a page, in this order: archive -> extract -> identify -> write.

Each stage takes a record, calls its room once and hands on the next record; how to decide is in `aggregator/`.
What is decided inside the store's transaction (the verdict, the story) is handed to it by `write`.
"""
