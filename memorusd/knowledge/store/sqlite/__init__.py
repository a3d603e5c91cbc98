"""The embedded store: one SQLite file in WAL mode, shared by threads and processes.

sqlite_store.py     SqliteStore: the Store contract, as queries
database.py         one process's hold on the file: claim, connections, forks, closing
database_file.py    the file itself: locks, migration, setting a damaged one aside
connections.py      how a connection is set up and lent to threads
commit.py           group commit; writer.py runs a group in one transaction
transaction.py      what a writer may do; raw_transaction.py copies rows without checks
sql.py, rows.py     pieces of SQL; a bullet as a row and as a journal image
schema.py           the tables and their migrations
inbox.py            interactions that wait to be distilled
listing.py          long lists in pages
backup.py, check.py copies of the file, and checks that change nothing
failure.py, fork.py errors of SQLite as StoreErrors; what a fork must not inherit
"""

from .sqlite_store import SqliteStore

__all__ = ["SqliteStore"]
