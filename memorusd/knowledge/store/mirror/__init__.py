"""A store on a database server, behind any of mem0's vector stores; several hosts share it.

The server is the truth. Each home keeps a mirror of it: an embedded store that answers everything the
embedded store can answer. A write is on the server before the mirror commits, and what other hosts have
written is pulled before anything is answered.

    mirror_store.py       MirrorStore: an embedded store with the server around its transactions
    replication.py        what happens around a transaction: pull what is new; push.py sends what changed
    sync_state.py         how far the mirror has come
    server_connection.py  the connection: opened, retried, reopened
    adapter.py            the server's three collections through mem0's interface; pgvector.py, qdrant.py
                          and chroma.py do better for their providers
    payload.py            a bullet as a row that plain mem0 can read, and back
    journal_batch.py      a row of the server's journal
    coalesce.py           one request to the server for all callers that wait at the same time
"""

from .mirror_store import MirrorStore, mirror_name

__all__ = ["MirrorStore", "mirror_name"]
