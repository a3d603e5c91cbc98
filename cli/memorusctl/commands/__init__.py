"""The commands of `memorusctl`, one module each; `app.py` lists them."""
