"""What the parts of an English field's name say of its value: `DB_PASSWORD`, `token_count`, `primary_key`.

To add a word, put it into its list, in lower case with `_` between parts. `*` stands for any ending.
Digits are parts of their own: `sha256` has the parts `sha` and `256`.
"""

from __future__ import annotations

from . import word_list

__all__ = ["ABOUT", "BEFORE_PASS", "PASSING", "PASSWORDS", "PASSWORD_PARTS", "PUBLIC", "SECRETS"]

PASSWORDS = ("passw", "passphrase", "passcode")
"""A name with one of these names a password, whose value may be any word."""

BEFORE_PASS = word_list(
    "store key root admin db user require login ssh smtp ftp mail vnc sudo my pg wifi bind redis"
)
"""`smtppass`, `keystorepass`: a password when the name ends so; `bypass` is none."""

PASSWORD_PARTS = frozenset(word_list("pass pwd pw psw passwd psk"))
"""A name whose last part is one of these names a password."""

SECRETS = word_list(
    """
secret token credential authorization x_auth sharedaccess apikey accesskey privatekey authkey accountkey
masterkey encryptionkey signingkey servicekey clientkey appkey subscriptionkey licensekey webhookkey
deploykey writekey adminkey serverkey ^pat$ accesspat$ adopat$ asanapat$ azurepat$ circlecipat$ devopspat$
githubpat$ gitlabpat$ gitpat$ jirapat$
"""
)
"""A name with one of these names a key or a token, whose value looks drawn by a machine."""

ABOUT = word_list("""
id ids name names type types url urls uri endpoint path paths file files filename dir hash hashes hashed
hasher count counts len length size sizes limit limits expir* expires expiry ttl age field fields label hint
policy policies format version alg algo algorithm usage used prefix suffix arn ref refs location manager
provider store storage class cls code codes error errors exception exists enabled required reset change
changed changer strength validator validators validation rule rules form input placeholder regex pattern
scheme method handler func function callback factory generator parser reader writer util utils helper
helpers view model schema table column index rotation rotate request response scope scopes status state
digest checksum fingerprint thumbprint email mail host hostname port user username login time timeout at
date header param params parameter option options setting settings config env var variable bytes bits per
budget budgets stream streams list map set dict cache pool queue bucket server service page pages command
cmd prompt flow grant lifetime source spec managed log logs entropy s izer izers ize ized izes izing ization
word words board up stone point points control level mode modifier right rights denied or ors ority ored
entic* oriz* owed ible ed er ing
""")
"""Last parts of names that speak *about* a secret (`token_count`) or go on with the word (`keyboard`)."""

PUBLIC = word_list("""
primary on foreign public pub cache caching partition sort idempotency hash row lookup group grouping unique
index storage object routing csrf xsrf next starting client_request page continuation cursor sync stop
eos bos pad unk mask sep cls special image surrogate natural composite dict map json metadata translation
message hot arrow shift ctrl alt enter esc bypass compass surpass tenant_id trace correlation etag
commit checksum sha digest integrity pagination resume start end lock nonce site sitekey registry dedup*
shard num max min total n
""")
"""Parts of names that make a key or a token public: `primary_key`, `next_page_token`, `csrf_token`."""

PASSING = word_list("on by to can must first second single multi render one two com sur")
"""Before a last `pass`: `first_pass`, `render_pass` name no password."""
