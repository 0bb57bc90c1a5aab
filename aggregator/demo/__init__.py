"""A small invented news web, to try and to judge the whole program without the Internet.

`stories` reads the sites that stand as TOML in `sites/`; `web` builds them into pages, feeds and the truth about
them; `server` answers for all of them on one port of this machine; `truth` says how much of it a journal holds.
All outlets, people and events are invented; real outlets are only named as the source of a claim.
"""
