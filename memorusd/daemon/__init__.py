"""The socket's life: listening, connections, admission, signals, the log, and the end."""
