"""The copies of an article as `aggregator show` tells them: who had it first, and who copied whom."""

from __future__ import annotations

from typing import Any

from aggregator.identity.origin import origin
from aggregator.records import Article
from aggregator.store.interface import Store


def family(store: Store, article: Article) -> dict[str, Any]:
    """`copies`, and where there are any `original`, `original_of`, `original_reason` and `agency_named`."""
    root = store.root(article.id) or article.id
    copies = {copy_id: (url, level) for copy_id, url, level in store.copies(root)}
    members = [found for name in (root, *copies) if (found := store.article(name))]
    if len(members) < 2:
        return {"copies": []}
    told = origin(members)
    descent = {copy.id: copy for copy in told.copies}
    rows = []
    for member in members:
        if member.id == article.id:
            continue
        row: dict[str, Any] = {"id": member.id, "url": member.url, "source": member.source.id}
        row["level"] = copies[member.id][1] if member.id in copies else None
        if member.id in descent:
            row |= {"parent": descent[member.id].parent, "score": descent[member.id].score}
        rows.append({name: value for name, value in row.items() if value is not None})
    answer: dict[str, Any] = {"copies": rows, "original": told.original, "original_reason": told.reason}
    if told.original == article.id:
        answer["original_of"] = [copy.id for copy in told.copies]
    elif article.id in descent:
        answer |= {"parent": descent[article.id].parent, "score": descent[article.id].score}
    return answer | ({"agency_named": told.agency} if told.agency else {})
