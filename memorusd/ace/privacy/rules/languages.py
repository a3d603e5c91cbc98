"""How people name secrets in each language, and how a sentence gives a secret's value.

To add a language, add a row. A word in `passwords` names something that may be any word (`hunter2`); one in
`keys` names something that looks drawn by a machine. `^` and `$` mean that the name begins or ends there.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LANGUAGES", "SecretWords"]


class SecretWords(NamedTuple):
    """The words of one language, in lower case."""

    code: str
    spaced: bool
    """False: a value may follow a name without a blank, so a name ends where its word in this table ends."""
    passwords: tuple[str, ...]
    keys: tuple[str, ...] = ()
    copulas: tuple[str, ...] = ()
    """"the password is X", also "the password for Y is X"."""
    near_copulas: tuple[str, ...] = ()
    """The same, but only right behind the name: "set the password to X"."""
    prepositions: tuple[str, ...] = ()
    """"the password *for* the database"."""
    changes: tuple[str, ...] = ()
    """"the password *has been changed to* X", in scripts without blanks."""
    particles: tuple[str, ...] = ()
    """What marks the name as the topic and may have the value right behind it."""
    already: tuple[str, ...] = ()
    """What may stand before a change: "has already been"."""
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    """"*use* X *as* the password": what stands before the value, and between it and the name."""


LANGUAGES: tuple[SecretWords, ...] = (
    # What an English name says is told by `name_words`; these are only the words to look for.
    SecretWords(
        "en", True,
        passwords=("pass", "pwd", "psw", "pw", "psk"),
        keys=("secret", "token", "credential", "key", "auth", "private", "access", "_pat"),
        copulas=("is", "was", "are", "will be"),
        near_copulas=("to", "be"),
        prepositions=("for", "of", "to", "on", "in", "at", "from"),
    ),
    SecretWords("de", True, ("kennwort",), ("schlüssel",), copulas=("ist",), prepositions=("für",)),
    SecretWords("es", True, ("contrase",), ("^clave$",), copulas=("es",), prepositions=("para", "de")),
    SecretWords("fr", True, ("mot de passe",), ("^clé$",), copulas=("est",), prepositions=("pour", "de")),
    SecretWords("it", True, ("parola$",)),
    SecretWords("nl", True, ("wachtwoord",)),
    SecretWords("pl", True, ("hasło",)),
    SecretWords("pt", True, ("senha$",), near_copulas=("é",)),
    SecretWords("sv", True, ("lösenord",), near_copulas=("är",)),
    SecretWords("ru", False, ("пароль",), ("токен", "ключ"), near_copulas=("это",)),
    SecretWords("ja", False, ("パスワード",), ("トークン", "キー"), near_copulas=("は",), particles=("は",)),
    SecretWords(
        "ko", False, ("비밀번호",), ("토큰", "키$"), near_copulas=("는", "은"), particles=("는", "은"),
    ),
    SecretWords(
        "zh", False,
        passwords=("密码", "密碼", "口令"),
        keys=("密钥", "密鑰", "秘钥", "私钥", "金鑰", "令牌"),
        near_copulas=("就是", "为", "是", "為"),
        changes=(
            "设置为", "更新为", "改成了", "设成了", "换成了", "就是", "改为", "设为", "改成", "设成", "换成",
            "为", "是", "為",
        ),
        already=("已经", "已"),
        takes=("用", "以", "把", "将"),
        gives=("设置为", "作为", "当作", "设为", "做"),
    ),
)  # fmt: skip
