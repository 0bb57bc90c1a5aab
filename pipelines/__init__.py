"""What happens to a page, in this order: archive -> extract -> identify -> write.

Each stage takes a record, calls its room once and hands on the next record; how to decide is in `aggregator/`.
(Placing articles in stories will stand between identify and write.)
"""
