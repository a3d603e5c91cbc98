"""What the name of a field says of its value: `DB_PASSWORD`, `x-api-key`, `token_count`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Told", "judge"]


class Told(NamedTuple):
    """`kind` for the marker; `strength`: "password" (any value), "strong" (secret-like), "weak" (drawn)."""

    kind: str
    strength: str


_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PASSWORD = re.compile(
    r"passw|passphrase|passcode|密码|密碼|口令|パスワード|비밀번호|пароль|kennwort|contrase|mot_de_passe|senha$"
    r"|wachtwoord|hasło|lösenord|parola$"
    r"|(?:store|key|root|admin|db|user|require|login|ssh|smtp|ftp|mail|vnc|sudo|my|pg|wifi|bind|redis)pass$"
)
_PASSWORD_PARTS = frozenset({"pass", "pwd", "pw", "psw", "passwd", "psk"})
_STRONG = re.compile(
    r"secret|api_?key|access_?key|private_?key|auth_?key|account_?key|master_?key|encryption_?key|signing_?key"
    r"|service_?key|client_?key|app_?key|token|credential|apikey|shared_?access|subscription_?key|license_?key"
    r"|密钥|密鑰|秘钥|私钥|金鑰|令牌|токен|ключ|トークン|キー|토큰|키$|schlüssel|^clave$|^clé$|authorization|x_auth|webhook_?key|deploy_?key|write_?key|admin_?key|server_?key|(?:github|gitlab|git|ado|azure|devops|circleci|asana|jira|access)_?pat$|^pat$"
)
# The last parts of a name that speak *about* the secret, and the first parts that make a key or token public.
_ABOUT = re.compile(
    r"(?:^|_)(?:id|ids|name|names|type|types|url|urls|uri|endpoint|path|paths|file|files|filename|dir|hash|hashes|hashed|hasher"
    r"|count|counts|len|length|size|sizes|limit|limits|expir\w*|expires|expiry|ttl|age|field|fields|label|hint|policy|policies|format"
    r"|version|alg|algo|algorithm|usage|used|prefix|suffix|arn|ref|refs|location|manager|provider|store|storage|class|cls|code|codes"
    r"|error|errors|exception|exists|enabled|required|reset|change|changed|changer|strength|validator|validators|validation|rule|rules"
    r"|form|input|placeholder|regex|pattern|scheme|method|handler|func|function|callback|factory|generator|parser|reader|writer"
    r"|util|utils|helper|helpers|view|model|schema|table|column|index|rotation|rotate|request|response|scope|scopes|status|state"
    r"|digest|checksum|fingerprint|thumbprint|email|mail|host|hostname|port|user|username|login|time|timeout|at|date|header"
    r"|param|params|parameter|option|options|setting|settings|config|env|var|variable|bytes|bits|per|budget|budgets|stream|streams|list|map|set"
    r"|dict|cache|pool|queue|bucket|server|service|page|pages|command|cmd|prompt|flow|grant|lifetime|source|spec|managed|log|logs|entropy"
    r"|s|izer|izers|ize|ized|izes|izing|ization|word|words|board|up|stone|points?|control|level|mode|modifier|right|rights|denied"
    r"|or|ors|ority|ored|entic\w*|oriz\w*|owed|ible|ed|er|ing)(?:_?\d+)?$"
)
_PUBLIC = re.compile(
    r"(?:^|_)(?:primary|on|foreign|public|pub|cache|caching|partition|sort|idempotency|hash|row|lookup|group|grouping|unique|index"
    r"|storage|s3|object|routing|csrf|xsrf|next|starting|client_request|page|continuation|cursor|sync|stop|eos|bos|pad|unk|mask|sep|cls|special|image|surrogate|natural|composite"
    r"|dict|map|json|metadata|translation|message|i18n|hot|arrow|shift|ctrl|alt|enter|esc|bypass|compass|surpass|tenant_id|trace|correlation|etag"
    r"|commit|checksum|sha\d*|md5|digest|integrity|pagination|resume|start|end|lock|nonce|site|sitekey|registry|dedup\w*|shard|num|max|min|total|n)"
    r"(?:_|$)"
)
_PASSING = re.compile(r"(?:^|_)(?:on|by|to|can|must|first|second|single|multi|render|one|two|com|sur)_pass$")
_GLUED = re.compile(r"(secret|token|api|key|access|private|password|auth|credential)s?")


@lru_cache(maxsize=4096)
def judge(name: str) -> Told | None:
    """What `name` tells of its value, or None when it names no secret (`token_count`, `primary_key`)."""
    plain = name.strip("-_.$").replace("-", "_").replace(" ", "_")
    snake = "_".join(_PARTS.findall(plain)).lower() if plain.isascii() else plain.lower()
    snake = snake.replace("api_key", "apikey")
    if not snake:
        return None
    parts = snake.split("_")
    if _PASSWORD.search(snake) or parts[-1] in _PASSWORD_PARTS:
        return None if _about(snake) or _PASSING.search(snake) else Told("password", "password")
    if _about(snake) or _PUBLIC.search(snake) or snake.endswith("secretsmanager"):
        return None
    compact = "".join(parts)
    if ("aws" in compact and "secret" in compact) or (
        compact in ("secretaccesskey", "secretkey") and "access" in compact
    ):
        return Told("aws_secret_key", "strong")
    if _STRONG.search(snake) or _STRONG.search(compact):
        return Told(_kind(compact), "strong")
    if re.search(r"key\d*$|auth$|private$|access$|_pat$", compact if "_pat" not in snake else snake):
        return Told("api_key", "weak")
    # A vendor's name glued to the word with more behind it: geoapifyXYZSECRET, SENDGRID_API_KEYSID.
    return Told("api_key", "weak") if len(_GLUED.findall(compact)) > 1 else None


def _about(snake: str) -> bool:
    match = _ABOUT.search(snake)
    return match is not None


def _kind(compact: str) -> str:
    if "key" in compact:
        return "api_key"
    if "token" in compact:
        return "token"
    return "secret"
