# ruff: noqa: E501
"""Commands, statements and calls that take a secret at a place of their own: `mysql -p…`, netrc, `auth=("a", "b")`.

To add one:

1. Add `SecretArgument(id, kind, literals, pattern, example, source)`. The kind stands in the marker.
2. The pattern is matched against the text in lower case, and only where one of the `literals` stands: it begins
   with one of them. Its group `v` is the secret. Bound every repetition (`{0,80}`), so that no text is slow.
3. Where words or paths may stand in the same place, leave `any_value` False: the value must then look chosen.
4. The example is a template, as in `vendors`. `python -m pytest tests/unit/ace/privacy` redacts it.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SECRET_ARGUMENTS", "SecretArgument"]


class SecretArgument(NamedTuple):
    """One place where a tool or a language takes its secret."""

    id: str
    kind: str
    literals: tuple[str, ...]
    pattern: str
    example: str
    source: str
    any_value: bool = False
    """True: whatever stands there is a secret. False: only what looks like one."""


_V = r"[\"']?(?P<v>[^\s\"'$<{-][^\s\"']{2,100})"  # an argument, quoted or not
_USER = r"[\w.@\\-]{1,60}"
_STRING = r"[\"'](?P<v>[^\"'\n]{3,200})[\"']"
_ARGUMENTS = r"\b[^\n|;&]{0,80}? "
_MYSQL = r"(?:mysql|mariadb|mongo|mycli)(?:dump|sh|admin|import|restore|export|check)?"

SECRET_ARGUMENTS: tuple[SecretArgument, ...] = (
    SecretArgument("netrc", "password", ("login",),
         r"login(?<!\w\wlogin)\s{1,4}\S{1,100}\s{1,8}password\s{1,4}(?P<v>\S{1,200})",
         "machine example.com login ada password {l:5}{d:3}{u:3}",
         "https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html", any_value=True),
    SecretArgument("sshpass", "password", ("sshpass",), r"sshpass +-p ?" + _V,
         "sshpass -p {l:5}{d:3}{u:3} ssh host", "man sshpass", any_value=True),
    SecretArgument("mysql", "password", ("mysql", "mariadb", "mongo", "mycli"),
         _MYSQL + _ARGUMENTS + r"(?:-p|--password[= ])" + _V,
         "mysql -u root -p{l:5}{d:3}{u:3} shop", "https://dev.mysql.com/doc/refman/en/connecting.html", any_value=True),
    SecretArgument("sql-identified-by", "password", ("identified ",),
         r"identified (?:with \w{1,30} )?by (?:password )?" + _STRING,
         "CREATE USER ada IDENTIFIED BY '{l:5}{d:3}{u:3}';", "https://dev.mysql.com/doc/refman/en/create-user.html",
         any_value=True),
    SecretArgument("powershell-securestring", "password", ("convertto-securestring",),
         r"convertto-securestring\s{1,4}(?:-string\s{1,4})?" + _STRING,
         'ConvertTo-SecureString "{l:5}{d:3}{u:3}" -AsPlainText -Force',
         "https://learn.microsoft.com/powershell/module/microsoft.powershell.security/convertto-securestring",
         any_value=True),
    SecretArgument("mongo", "password", ("mongo", "mycli"), _MYSQL + _ARGUMENTS + "-p " + _V,
         "mongosh -u root -p {l:5}{d:3}{u:3}", "https://www.mongodb.com/docs/mongodb-shell/reference/options/"),
    SecretArgument("user-and-password", "password", (" -u ", " --username ", " --user "),
         r" (?:-u|--user(?:name)?) [^\s|;&]{1,80}[^\n|;&]{0,40}? -p[ =]?" + _V,
         "docker login -u ada -p {l:5}{d:3}{u:3}", "the options of many tools"),
    SecretArgument("sqlcmd-and-zip", "password", ("sqlcmd", "bcp ", "unzip", "zip "),
         r"(?:sqlcmd|bcp|unzip|zip)" + _ARGUMENTS + "-p ?" + _V,
         "unzip -P {l:5}{d:3}{u:3} a.zip", "man unzip; https://learn.microsoft.com/sql/tools/sqlcmd/sqlcmd-utility"),
    SecretArgument("7z-and-rar", "password", ("7z", "rar "), r"(?:7z[ar]?|rar|unrar) [a-z]{1,2} (?:[^\n|;&]{0,80}? )?-p" + _V,
         "7z x a.7z -p{l:5}{d:3}{u:3}", "man 7z; man unrar"),
    SecretArgument("redis-cli", "password", ("redis-cli",), r"redis-cli" + _ARGUMENTS + r"(?:-a|--pass) ?" + _V,
         "redis-cli -h db -a {l:5}{d:3}{u:3}", "https://redis.io/docs/latest/develop/tools/cli/"),
    SecretArgument("ldap", "password", ("ldap",),
         r"ldap(?:search|modify|add|whoami|delete|passwd)" + _ARGUMENTS + "-w " + _V,
         "ldapsearch -D cn=admin -w {l:5}{d:3}{u:3}", "man ldapsearch"),
    SecretArgument("openssl", "password", ("openssl",), r"openssl" + _ARGUMENTS + r"(?:-k |-pass(?:in|out)? pass:)" + _V,
         "openssl enc -d -pass pass:{l:5}{d:3}{u:3}", "https://docs.openssl.org/master/man1/openssl-passphrase-options/"),
    SecretArgument("htpasswd", "password", ("htpasswd",),
         r"htpasswd (?:-\w{1,8} ){1,4}(?:\S{1,80} )?" + _USER + " " + _V,
         "htpasswd -b .htpasswd ada {l:5}{d:3}{u:3}", "https://httpd.apache.org/docs/current/programs/htpasswd.html"),
    SecretArgument("rabbitmqctl", "password", ("rabbitmqctl",),
         r"rabbitmqctl (?:add_user|change_password) " + _USER + " " + _V,
         "rabbitmqctl add_user ada {l:5}{d:3}{u:3}", "https://www.rabbitmq.com/docs/man/rabbitmqctl.8"),
    SecretArgument("net-user", "password", ("net user", "/user:"), r"(?:net user |/user:)" + _USER + " " + _V,
         "net user ada {l:5}{d:3}{u:3} /add",
         "https://learn.microsoft.com/windows-server/administration/windows-commands/net-user"),
    SecretArgument("freerdp", "password", (" /p:",), r" /p:" + _V, "xfreerdp /v:host /u:ada /p:{l:5}{d:3}{u:3}", "man xfreerdp"),
    SecretArgument("smbclient", "password", ("smbclient", "rpcclient"),
         r"(?:smb|rpc)client" + _ARGUMENTS + r"-u ?[\"']?" + _USER + "%" + _V,
         "smbclient //host/share -U ada%{l:5}{d:3}{u:3}", "https://www.samba.org/samba/docs/current/man-html/smbclient.1.html"),
    SecretArgument("ftp", "password", ("lftp", "ftp: user", "ftp> user"),
         r"(?:lftp" + _ARGUMENTS + r"-u \w{1,60},|ftp[:>] user \w{1,60} )" + _V,
         "lftp -u ada,{l:5}{d:3}{u:3} host", "https://lftp.yar.ru/lftp-man.html"),
    SecretArgument("oracle", "password", ("sqlplus", "expdp", "impdp"),
         r"(?:sqlplus|expdp|impdp)\b[^\n]{0,20} [\w$]{1,60}/(?P<v>[^\s@\"'/]{3,100})(?=@|\s|$)",
         "sqlplus scott/{l:5}{d:3}{u:3}@orcl", "https://docs.oracle.com/en/database/oracle/oracle-database/23/sqpug/"),
    SecretArgument("wpa-passphrase", "password", ("wpa_passphrase ",), r"wpa_passphrase \S{1,40} " + _V,
         "wpa_passphrase home {l:5}{d:3}{u:3}", "man wpa_passphrase"),
    SecretArgument("redis-conf", "password", ("requirepass ", "masterauth "), r"(?:requirepass|masterauth) " + _V,
         "requirepass {l:5}{d:3}{u:3}", "https://redis.io/docs/latest/operate/oss_and_stack/management/config/"),
    SecretArgument("piped-password", "password", ("echo ", "printf "),
         r"(?:echo|printf) (?:-n )?[\"']?(?:[\w.-]{1,32}:)?(?P<v>[^\s\"'|$<{][^\s\"'|]{3,200})[\"']? ?\| ?"
         r"[^\n|]{0,80}(?:-stdin|--stdin|sudo -s|--with-token|chpasswd|login)",
         "echo {l:5}{d:3}{u:3} | docker login --password-stdin", "man chpasswd; man sudo"),
    SecretArgument("redis-acl", "password", ("acl setuser",), r"acl setuser [^\n>]{1,80}>(?P<v>\S{4,100})",
         "ACL SETUSER ada on >{l:5}{d:3}{u:3}", "https://redis.io/docs/latest/commands/acl-setuser/"),
    SecretArgument("redis-auth", "password", ("auth ",),
         r"(?<![^\n> ])auth (?:[\w.-]{1,30} )?(?P<v>[^\s\"'(]{6,100})[ \t]{0,3}(?=\n|$)",
         "AUTH ada {l:5}{d:3}{u:3}", "https://redis.io/docs/latest/commands/auth/"),
    SecretArgument("sql-insert", "password", ("password",),
         r"password[^\n()]{0,80}\)\s{0,4}values\s{0,4}\([^\n()]{0,80}?,?\s?"
         r"[\"'](?P<v>[^\"'\n\s]{4,100})[\"']\s?[,)]",
         "INSERT INTO users (name, password) VALUES ('ada', '{l:5}{d:3}{u:3}');", "SQL"),
    SecretArgument("auth-call", "password", ("auth", "login(", "credential", "getconnection("),
         r"(?:auth|login|credentials?|getconnection)\w{0,20}\s?[=(]\s?\(?(?:[\w.]{1,40},\s?)?"
         r"[\"'][^\"'\n]{1,80}[\"'],\s?[\"'](?P<v>[^\"'\n\s]{4,100})[\"']",
         'requests.get(url, auth=("ada", "{l:5}{d:3}{u:3}"))', "https://requests.readthedocs.io/en/latest/user/authentication/"),
    SecretArgument("html-password-input", "password", ("type=",),
         r"type=[\"']?password[\"']?[^<>\n]{0,80}?\bvalue=" + _STRING,
         '<input type="password" value="{l:5}{d:3}{u:3}">', "HTML"),
    SecretArgument("pgpass", "password", (":5432:", ":*:", ":6432:", ":5433:"),
         r":(?:\d{4,5}|\*):[\w*.-]{1,60}:[\w*.@-]{1,60}:(?P<v>[^\s:]{4,100})(?=\s|$)",
         "db.example.com:5432:shop:ada:{l:5}{d:3}{u:3}", "https://www.postgresql.org/docs/current/libpq-pgpass.html"),
    SecretArgument("login-command", "token",
         ("vault ", "wandb ", "cargo ", "snyk ", "ngrok ", "railway ", "gh auth ", "hf ", "flyctl "),
         r"(?:vault|wandb|cargo|snyk|ngrok|railway|gh|hf|flyctl) (?:auth |config )?"
         r"(?:login|auth|authtoken|add-authtoken)(?: --[\w-]{1,20})?(?: <<<)?[ =]" + _V,
         "ngrok config add-authtoken {a:40}", "the tools' own help"),
    SecretArgument("token-option", "token", ("doctl", "codecov", "twilio"),
         r"(?:doctl|codecov|twilio)" + _ARGUMENTS + "-[tk] " + _V,
         "codecov -t {h:32}", "the tools' own help"),
    SecretArgument("keys-set", "token", ("keys set ",), r"keys set [\w.-]{1,40} --value[ =]" + _V,
         "llm keys set openai --value {a:40}", "https://llm.datasette.io/en/stable/setup.html"),
    SecretArgument("signing-call", "token", ("jwt.", "fernet(", "hmac.new(", "algoliasearch(", "twilio("),
         r"(?:jwt\.(?:sign|encode|decode|verify)\([\w.{}\[\]:\s,]{1,60}?,\s?|fernet\(|hmac\.new\("
         r"|(?:algoliasearch|twilio)\([^\n,()]{1,40},\s?)b?[\"'](?P<v>[^\"'\n\s]{8,200})[\"']",
         'jwt.encode(payload, "{a:24}")', "https://pyjwt.readthedocs.io/; https://docs.python.org/3/library/hmac.html"),
)  # fmt: skip
