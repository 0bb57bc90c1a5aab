"""Identity: Article -> Verdict.

In: a freshly read article and the known ones that it may be the same as.  Out: unique, revision, duplicate or
unchanged, with level, score, evidence and a sentence.  Pure; `pipelines/identify.py` takes the fingerprint,
`pipelines/write.py` has the verdict taken inside the store's transaction.
"""

from aggregator.identity.fingerprints import fingerprint
from aggregator.identity.index import Index, Window
from aggregator.identity.verdicts import judge

__all__ = ["Index", "Window", "fingerprint", "judge"]
