"""The newsroom's page: what was collected, how it hangs together, and what is wrong; and the same as data.

A request comes in through `guard.py`, which lets in what may come; `app.py` says which function answers it; that
function asks the store through the `Desk`, on a connection that cannot write, and gives a page or data.
Needs the extra `[web]`; nothing else of the program imports this room.
"""
