"""A store on a database server, behind any of mem0's vector stores; several hosts share it.

The server is the truth. Each home keeps a mirror of it, an ordinary embedded store, in which everything
that the embedded store can do is done; what is written is on the server before the mirror commits, and
what others have written is fetched before anything is answered.

    store.py     ServerStore: the embedded store, with the server around its transactions
    exchange.py  what happens around one: fetch what is new, then send what was changed
    replica.py   the statements with which the mirror takes over what came
    link.py      the connection: made, tried again, made anew
    remote.py    the server's three collections through mem0's interface; pgvector, qdrant, chroma beside it
    payload.py   a bullet as a row that plain mem0 reads, and back
    batch.py     a journal row of the server
"""

from .store import ServerStore, mirror_name

__all__ = ["ServerStore", "mirror_name"]
