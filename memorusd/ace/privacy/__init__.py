"""Privacy: takes secrets and personal paths out of whatever a caller hands in, before anything is kept.

    redactor = Redactor(custom_patterns={"employee": r"EMP-\\d{6}"}, sanitize_paths=True)
    redactor.redact("postgres://app:hunter2@db/x").text     # postgres://app:[REDACTED:url_credentials]@db/x
    redactor.redact_value({"api_key": "abc", "n": 1})        # ({"api_key": "[REDACTED:api_key]", "n": 1}, 1)

Pure functions on text: no file, no network, no state but the compiled custom patterns; safe in threads.
Redacting is idempotent (a marker is never redacted again) and takes time linear in the text. On any fault
`redact` raises; it never hands back the original, so a caller that stores only what it returns fails closed.

What is left alone, on purpose: names that stand for a secret (`os.environ["X"]`, `${DB_PASSWORD}`,
`<your-token>`, `password: required`), git SHAs, UUIDs and long numbers that nothing calls a secret, user
names and e-mail addresses, and base64 without a secret's name beside it (images, digests, lock files).
"""

from __future__ import annotations

from .finding import Finding
from .redactor import Redacted, Redactor

__all__ = ["Finding", "Redacted", "Redactor"]
