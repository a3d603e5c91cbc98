# ruff: noqa: E501
"""Keys and tokens that a vendor gave a form of their own, so that they need no context to be recognised.

To add one:

1. Find the vendor below (ids are sorted), or add `Vendor(id, source, forms)`. The id is what stands in the
   marker, `[REDACTED:<id>]`: small letters, digits and `_`, ending in what the vendor calls it (`_key`, `_token`).
2. `source` says who documents the form: a page, or one of the lists below.
3. A form that begins with fixed characters is `Prefix(literal, rest, example)`; `rest` is a regular expression
   and stays open on the right (`{16,}`), because keys grow. A form that has them inside is `Infix`.
4. Never write a real key down. In an example, `{a:36}` stands for 36 drawn letters and digits; likewise
   `b` base64, `d` digits, `h` hexadecimal, `l` letters, `u` base32, `v` base32 in small letters,
   `w` base64url; `{g:0}` is a UUID.
5. Run `python -m pytest tests/unit/ace/privacy`. It redacts every example, and checks that no pattern is slow.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["VENDORS", "Infix", "Prefix", "Vendor"]


class Prefix(NamedTuple):
    """A key that begins with `literal`; `rest` matches what follows. It must stand at the left edge of a word."""

    literal: str
    rest: str
    example: str


class Infix(NamedTuple):
    """A key known by a literal inside it.

    `pattern` matches from `literal` on, and checks what stands before it with a look-behind; `before` counts the
    characters of the key there. A group `v` narrows the key down; `before` is 0 then.
    """

    literal: str
    before: int
    pattern: str
    example: str
    random: bool = False
    """True: the key must also look drawn by a machine, because the literal is a common one."""


class Vendor(NamedTuple):
    """One kind of key: the id in its marker, where its forms are documented, and the forms."""

    id: str
    source: str
    forms: tuple[Prefix | Infix, ...]


GITHUB_LIST = (
    "https://docs.github.com/code-security/reference/secret-security/supported-secret-scanning-patterns"
)
GITLEAKS = "https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml"
ISSUED = "as the vendor's console issues them"
CRYPT = "https://man7.org/linux/man-pages/man5/crypt.5.html"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

VENDORS: tuple[Vendor, ...] = (
    Vendor("1password_key", "https://support.1password.com/secret-key-security/", (
        Prefix("A3-", r"[A-Z0-9]{6}-[A-Z0-9-]{20,}", "A3-{u:6}-{u:6}-{u:5}-{u:5}-{u:5}-{u:5}"),
    )),
    Vendor("1password_token", "https://developer.1password.com/docs/service-accounts/", (
        Prefix("ops_eyJ", r"[\w+/=-]{40,}", "ops_eyJ{w:200}"),
    )),
    Vendor("adafruit_key", GITHUB_LIST, (
        Prefix("aio_", r"[A-Za-z0-9]{24,}", "aio_{a:28}"),
    )),
    Vendor("age_key", "https://age-encryption.org/v1", (
        Prefix("AGE-SECRET-KEY-1", r"[A-Z0-9]{20,}", "AGE-SECRET-KEY-1{u:58}"),
    )),
    Vendor("airtable_token", "https://airtable.com/developers/web/api/authentication", (
        Prefix("pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{40,}", "pat{a:14}.{h:64}"),
        Infix(".v1.", 3, r"\.v1\.(?<=\w{3}\.v1\.)\w{6,20}\.\w{10,}(?![\w.(])", "oaa.v1.{a:12}.{a:40}"),
    )),
    Vendor("alibaba_key", GITLEAKS, (
        Prefix("LTAI", r"[A-Za-z0-9]{12,}", "LTAI{a:20}"),
    )),
    Vendor("anthropic_key", "https://docs.anthropic.com/en/api/overview", (
        Prefix("sk-ant-", r"[\w-]{8,}", "sk-ant-api03-{w:93}AA"),
    )),
    Vendor("artifactory_key", GITLEAKS, (
        Prefix("AKCp", r"[A-Za-z0-9]{50,}", "AKCp{a:69}"),
        Prefix("cmVmdGtu", r"[A-Za-z0-9]{40,}", "cmVmdGtu{a:56}"),
    )),
    Vendor("asana_token", "https://developers.asana.com/docs/personal-access-token", (
        Prefix("1/", r"\d{12,}:[0-9a-f]{32}", "1/{d:16}:{h:32}"),
        Prefix("2/", r"\d{12,}/\d{12,}:[0-9a-f]{32}", "2/{d:16}/{d:16}:{h:32}"),
    )),
    Vendor("atlassian_token", GITHUB_LIST, (
        Prefix("ATATT3", r"[\w=-]{24,}", "ATATT3xFfGF0{w:170}={u:8}"),
        Prefix("ATCTT3", r"[\w=-]{24,}", "ATCTT3xFfGN0{w:170}={u:8}"),
        Prefix("ATSTT3", r"[\w=-]{24,}", "ATSTT3xFfG{w:170}"),
        Prefix("ATBB", r"(?=[A-Za-z]{0,30}\d)[A-Za-z0-9]{24,}", "ATBB{a:32}"),
    )),
    Vendor("aws_access_key", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html", (
        Prefix("AKIA", r"[A-Z0-9]{12,}(?![a-z])", "AKIA{u:16}"),
        Prefix("ASIA", r"[A-Z0-9]{12,}(?![a-z])", "ASIA{u:16}"),
        Prefix("AROA", r"[A-Z0-9]{16,}(?![a-z])", "AROA{u:17}"),
        Prefix("AIDA", r"[A-Z0-9]{16,}(?![a-z])", "AIDA{u:17}"),
        Prefix("ABIA", r"[A-Z0-9]{16,}(?![a-z])", "ABIA{u:17}"),
        Prefix("ACCA", r"[A-Z0-9]{16,}(?![a-z])", "ACCA{u:17}"),
        Prefix("ABSKQmVkcm9ja0FQSUtleS", r"[\w+/=-]{20,}", "ABSKQmVkcm9ja0FQSUtleS{b:100}"),
    )),
    Vendor("aws_secret_key", "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html", (
        Prefix("bedrock-api-key-", r"[\w+/=-]{20,}", "bedrock-api-key-{b:100}"),
    )),
    Vendor("aws_session_token", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html", (
        Prefix("IQoJb3JpZ2luX2Vj", r"[\w+/=%-]{60,}", "IQoJb3JpZ2luX2Vj{b:300}"),
        Prefix("FwoGZXIvYXdz", r"[\w+/=%-]{60,}", "FwoGZXIvYXdzE{b:300}"),
    )),
    Vendor("azure_devops_token", GITHUB_LIST, (
        Prefix("AzureDevOps ", r"[a-z2-7]{52}", "AzureDevOps {v:52}"),
    )),
    Vendor("azure_key", "https://learn.microsoft.com/purview/sit-defn-all-creds", (
        Infix("8Q~", 3, r"8Q~(?<=[\w.~-]{3}8Q~)[\w.~-]{30,40}", "{a:3}8Q~{w:34}"),
        Infix("JQQJ99", 52, r"JQQJ99(?<=[A-Za-z0-9]{52}JQQJ99)[A-Za-z0-9]{26}",
              "{a:52}JQQJ99{u:10}ACAAAAAAAAAAAAASAZDO{a:4}"),
        Infix("+ASt", 76, r"\+ASt(?<=[A-Za-z0-9+/]{76}\+ASt)[A-Za-z0-9+/]{7}==", "{a:76}+AStx{a:6}=="),
        *(
            Infix(mark, 33, mark + r"(?<=[A-Za-z0-9+/]{33}" + mark + r")[A-Za-z0-9+/]{4,12}={1,2}",
                  f"{{a:33}}{mark}{{a:5}}=")
            for mark in ("AzFu", "AzSe", "AzCa", "AIoT", "ASbT", "AEhG", "ACDb")
        ),
        Infix("sig=", 0, r"sig=(?<=[?&]sig=)(?P<v>[\w%+/=-]{32,})", "https://x.blob.core.windows.net/c?sig={b:43}%3D"),
    )),
    Vendor("beamer_token", GITLEAKS, (
        Prefix("b_", r"(?=[a-z=_-]{0,40}\d)[a-z0-9=_-]{44}(?!\w)", "b_{h:44}"),
    )),
    Vendor("brevo_key", "https://developers.brevo.com/docs/getting-started", (
        Prefix("xkeysib-", r"[0-9a-f]{40,}(?:-\w{8,})?", "xkeysib-{h:64}-{a:16}"),
        Prefix("xsmtpsib-", r"[0-9a-f]{40,}(?:-\w{8,})?", "xsmtpsib-{h:64}-{a:16}"),
    )),
    Vendor("buildkite_token", "https://buildkite.com/docs/platform/security/tokens", (
        Prefix("bk", r"(?:ua|aj|at)_[0-9a-z]{32,}", "bkua_{h:40}"),
    )),
    Vendor("cerebras_key", ISSUED, (
        Prefix("csk-", r"[a-z0-9]{40,}", "csk-{h:48}"),
        Prefix("csk-", r"(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{40,}", "csk-{a:48}"),
    )),
    Vendor("circleci_token", "https://circleci.com/docs/managing-api-tokens/", (
        Prefix("CCIP", r"(?:AT|RJ)_\w{20,}", "CCIPAT_{a:22}_{h:40}"),
    )),
    Vendor("clickup_token", "https://developer.clickup.com/docs/authentication", (
        Prefix("pk_", r"\d{4,12}_[A-Z0-9]{24,}", "pk_{d:8}_{u:32}"),
    )),
    Vendor("clojars_token", GITLEAKS, (
        Prefix("CLOJARS_", r"[a-z0-9]{40,}", "CLOJARS_{h:60}"),
    )),
    Vendor("cloudflare_token", "https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/", (
        Prefix("v1.0-", r"[0-9a-f]{24}-[0-9a-f]{40,}", "v1.0-{h:24}-{h:146}"),
        Prefix("cf", r"(?:ut|at|k)_[A-Za-z0-9]{32,}", "cfut_{a:48}"),
    )),
    Vendor("confluent_key", "https://docs.confluent.io/cloud/current/security/authenticate/overview.html", (
        Prefix("cflt", r"[A-Za-z0-9+/]{60}", "cflt{a:60}"),
    )),
    Vendor("contentful_token", "https://www.contentful.com/developers/docs/references/authentication/", (
        Prefix("CFPAT-", r"[\w-]{40,}", "CFPAT-{w:43}"),
    )),
    Vendor("crates_token", GITHUB_LIST, (
        Prefix("cio", r"(?=[A-Za-z]{0,31}\d)[A-Za-z0-9]{32}(?![\w-])", "cio{a:32}"),
    )),
    Vendor("databricks_token", GITHUB_LIST, (
        Prefix("dapi", r"[0-9a-f]{30,}(?:-\d)?", "dapi{h:32}-2"),
        Prefix("dose", r"[0-9a-f]{32}", "dose{h:32}"),
    )),
    Vendor("datadog_key", GITHUB_LIST, (
        Prefix("ddp_", r"[A-Za-z0-9]{30,}", "ddp_{a:36}"),
    )),
    Vendor("defined_token", GITLEAKS, (
        Prefix("dnkey-", r"[\w-]{40,}", "dnkey-{a:26}-{a:52}"),
    )),
    Vendor("deno_token", "https://docs.deno.com/deploy/classic/api/", (
        Prefix("dd", r"[pwo]_[A-Za-z0-9]{34,}", "ddw_{a:36}"),
    )),
    Vendor("digitalocean_token", "https://docs.digitalocean.com/reference/api/create-personal-access-token/", (
        Prefix("do", r"[opr]_v1_[0-9a-f]{32,}", "dop_v1_{h:64}"),
    )),
    # The first part is the base64 of the account's number: a digit, and half of the next.
    Vendor("discord_token", "https://discord.com/developers/docs/reference", (
        *(
            Prefix(first + second, r"[\w-]{22,26}\.[\w-]{6}\.[\w-]{27,}", f"{first}{second}{{a:24}}.{{w:6}}.{{w:38}}")
            for first in "MNO"
            for second in "DTjz"
        ),
        Prefix("mfa.", r"[\w-]{60,}", "mfa.{w:84}"),
    )),
    Vendor("docker_token", "https://docs.docker.com/security/access-tokens/", (
        Prefix("dckr_", r"(?:pat|oat)_[\w-]{16,}", "dckr_pat_{w:27}"),
    )),
    Vendor("doppler_token", "https://docs.doppler.com/reference/auth-token-formats", (
        Prefix("dp.", r"(?:pt|st|sa|ct|scim|audit)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{24,}", "dp.st.dev.{a:43}"),
    )),
    Vendor("dropbox_token", "https://developers.dropbox.com/oauth-guide", (
        Prefix("sl.", r"[\w-]{60,}", "sl.{w:130}"),
    )),
    Vendor("duffel_token", "https://duffel.com/docs/api/overview/authentication", (
        Prefix("duffel_", r"(?:test|live)_[\w-]{30,}", "duffel_test_{w:43}"),
    )),
    Vendor("dynatrace_token", "https://docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication", (
        Prefix("dt0", r"[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{40,}", "dt0c01.{u:24}.{u:64}"),
    )),
    Vendor("easypost_key", GITLEAKS, (
        Prefix("EZ", r"[AT]K[A-Za-z0-9]{50,}", "EZAK{a:54}"),
    )),
    Vendor("elevenlabs_key", ISSUED, (
        Prefix("sk_", r"(?=[a-z]{0,40}\d)[0-9a-f]{32,}(?![0-9a-z]{20})", "sk_{h:48}"),
    )),
    Vendor("facebook_token", GITLEAKS, (
        Prefix("EAAC", r"(?=\w{0,40}\d)[A-Za-z0-9]{60,}", "EAACEdEose0cBA{a:120}"),
        Prefix("EAA", r"(?=\w{0,60}\d)[A-Za-z0-9]{90,}", "EAAG{a:120}"),
    )),
    Vendor("figma_token", "https://www.figma.com/developers/api#access-tokens", (
        Prefix("figd_", r"[\w-]{20,}", "figd_{w:40}"),
        Prefix("figoh_", r"[\w-]{20,}", "figoh_{w:40}"),
        Prefix("fig", r"[us]_[\w-]{30,}", "figu_{w:40}"),
    )),
    Vendor("firecrawl_key", "https://docs.firecrawl.dev/api-reference/introduction", (
        Prefix("fc-", r"[0-9a-f]{32}", "fc-{h:32}"),
    )),
    Vendor("fireworks_key", ISSUED, (
        Prefix("fw_", r"[A-Za-z0-9]{20,}(?<=\w\w\w\w)", "fw_{a:24}"),
    )),
    Vendor("flexport_token", GITHUB_LIST, (
        Prefix("shltm_", r"[\w-]{32,}", "shltm_{w:40}"),
    )),
    Vendor("flutterwave_key", "https://developer.flutterwave.com/docs/authentication", (
        Prefix("FLWSECK", r"(?:_TEST)?[_-]\w{12,}(?:-X)?", "FLWSECK_TEST-{h:32}-X"),
    )),
    Vendor("fly_token", "https://fly.io/docs/security/tokens/", (
        Prefix("FlyV1 ", r"fm\d_[\w+/=,-]{20,}", "FlyV1 fm2_{b:120}"),
        Prefix("fo1_", r"[\w-]{40,}", "fo1_{w:43}"),
    )),
    Vendor("frameio_token", GITLEAKS, (
        Prefix("fio-u-", r"[\w-]{40,}", "fio-u-{w:64}"),
        Prefix("ffio-u-", r"[\w-]{40,}", "ffio-u-{w:64}"),
    )),
    Vendor("fullstory_key", "https://developer.fullstory.com/server/authentication/", (
        Infix("na1.", 0, r"na1\.(?<![\w.]na1\.)[A-Za-z0-9+/]{60,}", "na1.{a:96}"),
    )),
    Vendor("github_token", "https://docs.github.com/authentication/keeping-your-account-and-data-secure/about-authentication-to-github", (
        Prefix("ghp_", r"\w{16,}", "ghp_{a:36}"),
        Prefix("gho_", r"\w{16,}", "gho_{a:36}"),
        Prefix("ghu_", r"\w{16,}", "ghu_{a:36}"),
        Prefix("ghs_", r"[\w.-]{16,}", "ghs_{a:36}"),
        Prefix("ghr_", r"\w{16,}", "ghr_{a:76}"),
        Prefix("github_pat_", r"\w{16,}", "github_pat_{a:22}_{a:59}"),
    )),
    Vendor("gitlab_token", "https://docs.gitlab.com/security/tokens/#token-prefixes", (
        Prefix("gl", r"(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.=-]{16,}", "glpat-{w:20}"),
        Prefix("GR1348941", r"[\w-]{16,}", "GR1348941{w:20}"),
    )),
    Vendor("google_key", GITHUB_LIST, (
        Prefix("AIza", r"[\w-]{30,}", "AIzaSy{w:33}"),
        Prefix("ya29.", r"[\w.-]{16,}", "ya29.a0{w:120}"),
        Prefix("GOCSPX-", r"[\w-]{16,}", "GOCSPX-{w:28}"),
        Prefix("1//0", r"[\w-]{24,}", "1//0{w:60}"),
        Prefix("AQ.Ab8", r"[\w-]{30,}", "AQ.Ab8{w:47}"),
    )),
    Vendor("grafana_token", GITLEAKS, (
        Prefix("gl", r"(?:sa|c)_[\w+/=-]{24,}", "glsa_{a:32}_{h:8}"),
        Prefix("eyJrIjoi", r"[\w+/=-]{30,}", "eyJrIjoi{a:60}"),
    )),
    Vendor("groq_key", GITHUB_LIST, (
        Prefix("gsk_", r"[A-Za-z0-9]{24,}", "gsk_{a:52}"),
    )),
    Vendor("harness_token", GITLEAKS, (
        Prefix("pat.", r"[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}", "pat.{w:22}.{h:24}.{a:20}"),
    )),
    Vendor("hashicorp_token", ISSUED, (
        Prefix("hcp_", r"[\w-]{40,}", "hcp_{w:60}"),
    )),
    Vendor("hawk_key", "https://docs.stackhawk.com/apidocs.html", (
        Prefix("hawk.", r"[A-Za-z0-9]{16,}\.[A-Za-z0-9]{16,}", "hawk.{a:20}.{a:20}"),
    )),
    Vendor("heroku_key", "https://devcenter.heroku.com/articles/platform-api-quickstart", (
        Prefix("HRKU-", r"[\w-]{30,}", "HRKU-AA{w:58}"),
    )),
    Vendor("hubspot_token", "https://developers.hubspot.com/docs/guides/apps/private-apps/overview", (
        Prefix("pat-na1-", UUID, "pat-na1-{g:0}"),
        Prefix("pat-eu1-", UUID, "pat-eu1-{g:0}"),
    )),
    Vendor("huggingface_token", "https://huggingface.co/docs/hub/security-tokens", (
        Prefix("hf_", r"[A-Za-z0-9]{24,}", "hf_{l:34}"),
        Prefix("api_org_", r"[A-Za-z0-9]{24,}", "api_org_{l:34}"),
    )),
    Vendor("infracost_key", GITLEAKS, (
        Prefix("ico-", r"[A-Za-z0-9]{32}", "ico-{a:32}"),
    )),
    Vendor("intercom_token", "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication", (
        Prefix("dG9rO", r"[\w+/=-]{40,}", "dG9rO{b:56}="),
    )),
    Vendor("klaviyo_key", "https://developers.klaviyo.com/en/docs/authenticate_", (
        Prefix("pk_", r"[0-9a-f]{30,}(?!\w)", "pk_{h:34}"),
    )),
    Vendor("langsmith_key", GITHUB_LIST, (
        Prefix("lsv2_", r"(?:pt|sk)_\w{32,}", "lsv2_pt_{h:32}_{h:10}"),
    )),
    Vendor("launchdarkly_key", "https://launchdarkly.com/docs/home/account/environment/keys", (
        *(
            Prefix(literal, UUID, literal + "{g:0}")
            for literal in ("sdk-", "api-", "mob-", "xaat-", "xapt-")
        ),
    )),
    Vendor("linear_key", "https://linear.app/developers/graphql", (
        Prefix("lin_", r"(?:api|oauth)_[A-Za-z0-9]{16,}", "lin_api_{a:40}"),
    )),
    Vendor("logfire_token", "https://logfire.pydantic.dev/docs/how-to-guides/create-write-tokens/", (
        Prefix("pylf_v", r"\d_[a-z]{2,8}_\w{30,}", "pylf_v1_us_{a:43}"),
    )),
    Vendor("mailchimp_key", "https://mailchimp.com/developer/marketing/guides/quick-start/", (
        Prefix("md-", r"(?=[A-Za-z_-]{0,21}\d)[\w-]{22}(?![\w-])", "md-{a:22}"),
        Infix("-us", 32, r"-us(?<=[0-9a-f]{32}-us)\d{1,2}\b", "{h:32}-us14"),
    )),
    Vendor("mailgun_key", "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth", (
        Prefix("key-", r"[0-9a-f]{32}(?![0-9a-f])", "key-{h:32}"),
        Infix("-", 32, r"-(?<=[0-9a-f]{32}-)[0-9a-f]{8}-[0-9a-f]{8}(?![0-9a-f-])", "{h:32}-{h:8}-{h:8}"),
    )),
    Vendor("mapbox_token", "https://docs.mapbox.com/help/dive-deeper/access-tokens/", (
        Prefix("sk.eyJ", r"[\w-]{16,}\.[\w-]{16,}", "sk.eyJ1Ijoi{a:60}.{w:22}"),
    )),
    Vendor("maxmind_key", "https://dev.maxmind.com/license-key-validation-api", (
        Infix("_mmk", 36, r"_mmk(?<=[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)", "{a:6}_{a:29}_mmk"),
    )),
    Vendor("mercury_token", "https://www.rfc-editor.org/rfc/rfc8959", (
        Prefix("secret-token:", r"[\w.-]{20,}", "secret-token:mercury_production_{w:50}"),
    )),
    Vendor("mongodb_key", "https://www.mongodb.com/docs/atlas/api/service-accounts-overview/", (
        Prefix("mdb_sa_", r"sk_[\w-]{24,}", "mdb_sa_sk_{w:40}"),
    )),
    Vendor("neon_key", "https://neon.com/docs/manage/api-keys", (
        Prefix("napi_", r"[a-z0-9]{40,}", "napi_{h:64}"),
    )),
    Vendor("neon_password", ISSUED, (
        Prefix("npg_", r"(?=[A-Za-z]{0,12}\d)[A-Za-z0-9]{12,}", "npg_{h:12}"),
    )),
    Vendor("netlify_token", ISSUED, (
        Prefix("nf", r"[pcuob]_[A-Za-z0-9]{30,}", "nfp_{a:36}"),
    )),
    Vendor("newrelic_key", "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/", (
        Prefix("NR", r"(?:AK|JS|AA|RA|II|IQ)-[\w-]{16,}", "NRAK-{u:27}"),
        Prefix("eu01xx", r"[0-9a-f]{24,}(?:NRAL)?", "eu01xx{h:30}NRAL"),
        Infix("FFFFNRAL", 36, r"FFFFNRAL(?<=[0-9a-f]{36}FFFFNRAL)", "{h:36}FFFFNRAL"),
    )),
    Vendor("ngrok_token", "https://ngrok.com/docs/agent/#authtokens", (
        Infix("_", 27, r"_(?<=[123][A-Za-z0-9]{26}_)(?=[a-z0-9]{0,20}[A-Z])[A-Za-z0-9]{20,22}(?![A-Za-z0-9])",
              "2{a:26}_{a:21}"),
    )),
    Vendor("nightfall_key", "https://docs.nightfall.ai/docs/creating-an-api-key", (
        Prefix("NF-", r"[A-Za-z0-9]{32}(?![A-Za-z0-9])", "NF-{a:32}"),
    )),
    Vendor("notion_token", "https://developers.notion.com/docs/authorization", (
        Prefix("ntn_", r"[A-Za-z0-9]{24,}", "ntn_{d:11}{a:35}"),
        Prefix("secret_", r"(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{32,}", "secret_{a:43}"),
    )),
    Vendor("npm_token", "https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/", (
        Prefix("npm_", r"[A-Za-z0-9]{30,}", "npm_{a:36}"),
    )),
    Vendor("nuget_key", GITHUB_LIST, (
        Prefix("oy2", r"[a-z0-9]{43}(?![a-z0-9])", "oy2{h:43}"),
    )),
    Vendor("nvidia_key", "https://docs.nvidia.com/nim/large-language-models/latest/getting-started.html", (
        Prefix("nvapi-", r"[\w-]{40,}", "nvapi-{w:64}"),
    )),
    Vendor("octopus_key", "https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key", (
        Prefix("API-", r"(?=[A-Z]{0,30}\d)[A-Z0-9]{25,}", "API-{u:32}"),
    )),
    Vendor("onfido_token", GITHUB_LIST, (
        Prefix("api_", r"(?:live|sandbox)(?:_us|_ca)?\.[\w-]{11}\.[\w-]{30,}", "api_live.{w:11}.{w:32}"),
    )),
    Vendor("openai_key", "https://platform.openai.com/docs/api-reference/authentication", (
        # Others that speak its protocol took its prefix over: OpenRouter, DeepSeek, Moonshot, LiteLLM, Langfuse.
        Infix("sk-", 0, r"sk-(?<![A-Za-z0-9_-]sk-)(?!ant-)[\w-]{10,}", "sk-proj-{w:74}T3BlbkFJ{w:74}", random=True),
    )),
    Vendor("openshift_token", GITLEAKS, (
        Prefix("sha256~", r"[\w-]{40,}", "sha256~{w:43}"),
    )),
    Vendor("paddle_key", "https://developer.paddle.com/api-reference/about/api-keys", (
        Prefix("pdl_", r"(?:live|sdbx)_\w{30,}", "pdl_live_apikey_{a:26}_{a:22}_{a:3}"),
    )),
    Vendor("password_hash", CRYPT, (
        Prefix("$2", r"[abxy]\$\d\d\$[./A-Za-z0-9]{53}", "$2b$12${a:53}"),
        Prefix("$argon2", r"(?:id|i|d)\$v=\d+\$m=[\d,=tpm]{5,40}\$[\w+/=]{8,}\$[\w+/=]{16,}",
               "$argon2id$v=19$m=65536,t=3,p=4${a:22}${a:43}"),
        Prefix("$5$", r"(?:rounds=\d{1,9}\$)?[./\w]{1,20}\$[./\w]{40,}", "$5$rounds=5000${a:16}${a:43}"),
        Prefix("$6$", r"(?:rounds=\d{1,9}\$)?[./\w]{1,20}\$[./\w]{60,}", "$6${a:16}${a:86}"),
        Prefix("$8$", r"[./\w]{8,20}\$[./\w]{40,}", "$8${a:14}${a:43}"),  # Cisco IOS, type 8
        Prefix("$y$", r"[./\w]{2,10}\$[./\w]{8,90}\$[./\w]{30,}", "$y$j9T${a:22}${a:43}"),
        *(
            Prefix(f"{{{scheme}}}", r"[\w+/=]{24,}", f"{{{scheme}}}{{b:40}}")  # RFC 2307, LDAP
            for scheme in ("SSHA", "SSHA256", "SSHA512")
        ),
    )),
    Vendor("perplexity_key", GITLEAKS, (
        Prefix("pplx-", r"[A-Za-z0-9]{24,}", "pplx-{a:48}"),
    )),
    Vendor("pinecone_key", GITHUB_LIST, (
        Prefix("pcsk_", r"\w{30,}", "pcsk_{a:6}_{a:63}"),
    )),
    Vendor("plaid_token", "https://plaid.com/docs/api/tokens/", (
        Prefix("access-", r"(?:sandbox|development|production)-[0-9a-f-]{32,}", "access-sandbox-{g:0}"),
    )),
    Vendor("planetscale_token", GITLEAKS, (
        Prefix("pscale_", r"(?:tkn|pw|oauth)_[\w.=-]{16,}", "pscale_tkn_{w:43}"),
    )),
    Vendor("posthog_key", "https://posthog.com/docs/api", (
        Prefix("phx_", r"\w{30,}", "phx_{a:43}"),
        Prefix("phs_", r"\w{30,}", "phs_{a:43}"),
    )),
    Vendor("postman_key", "https://learning.postman.com/docs/developer/postman-api/authentication/", (
        Prefix("PMA", r"[KT]-[\w-]{20,}", "PMAK-{h:24}-{h:34}"),
    )),
    Vendor("pubnub_key", "https://www.pubnub.com/docs/general/setup/account-setup", (
        Prefix("sub-c-", r"[0-9a-f-]{32,}", "sub-c-{g:0}"),
        Prefix("pub-c-", r"[0-9a-f-]{32,}", "pub-c-{g:0}"),
        Prefix("sec-c-", r"[\w=-]{32,}", "sec-c-{w:64}"),
    )),
    Vendor("pulumi_token", GITLEAKS, (
        Prefix("pul-", r"[0-9a-f]{32,}", "pul-{h:40}"),
    )),
    Vendor("pypi_token", "https://pypi.org/help/#apitoken", (
        Prefix("pypi-", r"AgE[\w-]{16,}", "pypi-AgEIcHlwaS5vcmc{w:120}"),
        Prefix("pypi-", r"[A-Za-z0-9_-]{60,}", "pypi-{w:120}"),
    )),
    Vendor("rapidapi_key", "https://docs.rapidapi.com/docs/keys", (
        Infix("msh", 10, r"msh(?<=[a-z0-9]{10}msh)[a-z0-9]{15}p1[a-z0-9]{5}jsn[a-z0-9]{12}",
              "{h:10}msh{h:15}p1{h:5}jsn{h:12}"),
    )),
    Vendor("readme_key", GITLEAKS, (
        Prefix("rdme_", r"[a-z0-9]{40,}", "rdme_{h:70}"),
    )),
    Vendor("render_key", "https://render.com/docs/api", (
        Prefix("rnd_", r"[A-Za-z0-9]{24,}", "rnd_{a:28}"),
    )),
    Vendor("replicate_token", "https://replicate.com/docs/topics/security/api-tokens", (
        Prefix("r8_", r"[A-Za-z0-9]{30,}", "r8_{a:37}"),
    )),
    Vendor("resend_key", "https://resend.com/docs/api-reference/introduction", (
        Prefix("re_", r"[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,}", "re_{a:8}_{a:24}"),
    )),
    Vendor("rubygems_key", "https://guides.rubygems.org/api-key-scopes/", (
        Prefix("rubygems_", r"[0-9a-f]{32,}", "rubygems_{h:48}"),
    )),
    Vendor("scaleway_key", "https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/", (
        Prefix("SCW", r"(?=[A-Z]{0,17}\d)[A-Z0-9]{17}(?![A-Z0-9])", "SCW{u:17}"),
    )),
    Vendor("scalingo_token", GITLEAKS, (
        Prefix("tk-us-", r"[\w-]{40,}", "tk-us-{w:48}"),
    )),
    Vendor("segment_token", "https://docs.segmentapis.com/tag/Getting-Started", (
        Prefix("sgp_", r"\w{40,}", "sgp_{h:16}_{h:40}"),
    )),
    Vendor("sendgrid_key", GITLEAKS, (
        Prefix("SG.", r"[\w-]{12,}\.[\w-]{16,}", "SG.{w:22}.{w:43}"),
    )),
    Vendor("sentry_token", GITLEAKS, (
        Prefix("sntry", r"[us]_[\w+/=-]{32,}", "sntrys_{b:80}"),
    )),
    Vendor("session_token", "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html", (
        Infix("X-Amz-Security-Token=", 0, r"X-Amz-Security-Token=(?P<v>[\w%+/=-]{16,})",
              "https://x.s3.amazonaws.com/k?X-Amz-Security-Token={w:200}"),
    )),
    Vendor("shippo_token", GITLEAKS, (
        Prefix("shippo_", r"(?:live|test)_[0-9a-f]{32,}", "shippo_live_{h:40}"),
    )),
    Vendor("shopify_token", "https://shopify.dev/docs/apps/build/authentication-authorization", (
        Prefix("shp", r"(?:at|ca|pa|ss|ua|tka|ltm)_[A-Za-z0-9]{24,}", "shpat_{h:32}"),
    )),
    Vendor("signature", "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html", (
        Infix("-Signature=", 0, r"-Signature=(?<=Amz-Signature=|oog-Signature=)(?P<v>[0-9a-f]{32,})",
              "https://x.s3.amazonaws.com/k?X-Amz-Signature={h:64}"),
    )),
    Vendor("slack_token", "https://api.slack.com/concepts/token-types", (
        Prefix("xox", r"[abceoprsd]-[\w-]{8,}", "xoxb-{d:11}-{d:12}-{a:24}"),
        Prefix("xoxe.", r"xox[bp]-[\w-]{8,}", "xoxe.xoxp-1-{a:60}"),
        Prefix("xapp-", r"\d-[\w-]{8,}", "xapp-1-A{u:10}-{d:13}-{h:64}"),
    )),
    Vendor("snyk_token", "https://docs.snyk.io/snyk-api/authentication-for-api", (
        Prefix("snyk_", r"(?:uat|sat)\.[\w.-]{30,}", "snyk_uat.{h:8}.{w:60}"),
    )),
    Vendor("sonar_token", "https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens/", (
        Prefix("sq", r"[puab]_[0-9a-f]{40}", "sqp_{h:40}"),
    )),
    Vendor("sourcegraph_token", "https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token", (
        Prefix("slk_", r"[0-9a-f]{40,}", "slk_{h:64}"),
    )),
    Vendor("square_token", "https://developer.squareup.com/docs/build-basics/access-tokens", (
        Prefix("sq0", r"(?:atp|csp|idp)-[\w-]{16,}", "sq0atp-{w:22}"),
        Prefix("EAAA", r"(?=[\w-]{0,50}\d)[\w-]{56,}", "EAAAE{w:59}"),
    )),
    Vendor("stripe_key", "https://docs.stripe.com/keys", (
        Prefix("sk_live_", r"\w{8,}", "sk_live_51{a:97}"),
        Prefix("sk_test_", r"\w{8,}", "sk_test_{a:24}"),
        Prefix("rk_live_", r"\w{8,}", "rk_live_{a:24}"),
        Prefix("rk_test_", r"\w{8,}", "rk_test_{a:24}"),
        Prefix("sk_org_", r"(?:live|test)_\w{16,}", "sk_org_live_{a:40}"),
        Prefix("whsec_", r"[\w+/=-]{16,}", "whsec_{a:32}"),
    )),
    Vendor("supabase_key", "https://supabase.com/docs/guides/api/api-keys", (
        Prefix("sbp_", r"[A-Za-z0-9_]{24,}", "sbp_{h:40}"),
        Prefix("sb_secret_", r"[\w-]{16,}", "sb_secret_{w:31}"),
    )),
    Vendor("tailscale_key", "https://tailscale.com/kb/1085/auth-keys", (
        Prefix("tskey-", r"[a-z]{3,12}-[\w-]{8,}", "tskey-auth-{a:17}-{a:32}"),
    )),
    Vendor("tavily_key", "https://docs.tavily.com/documentation/quickstart", (
        Prefix("tvly-", r"[\w-]{16,}", "tvly-dev-{a:32}"),
    )),
    Vendor("teamwork_token", "https://apidocs.teamwork.com/guides/teamwork/authentication", (
        Infix("tkn.v1_", 0, r"tkn\.v1_[\w=+/-]{30,}", "tkn.v1_{b:72}"),
    )),
    Vendor("telegram_token", "https://core.telegram.org/bots/features#botfather", (
        Prefix("bot", r"\d{8,10}:AA[\w-]{30,}", "bot{d:10}:AA{w:33}"),
        Infix(":AA", 10, r":AA(?<=\d{10}:AA)[\w-]{32,}", "{d:10}:AA{w:33}"),
        Infix(":AA", 9, r":AA(?<!\d{10}:AA)(?<=\d{9}:AA)[\w-]{32,}", "{d:9}:AA{w:33}"),
        Infix(":AA", 8, r":AA(?<!\d{9}:AA)(?<=\d{8}:AA)[\w-]{32,}", "{d:8}:AA{w:33}"),
    )),
    Vendor("tencent_key", GITHUB_LIST, (
        Prefix("AKID", r"(?=[A-Za-z]{0,32}\d)[A-Za-z0-9]{32,}", "AKID{a:32}"),
    )),
    Vendor("terraform_token", GITLEAKS, (
        Prefix(".atlasv1.", r"[\w=-]{40,}", ".atlasv1.{w:67}"),
        Infix(".atlasv1.", 14, r"\.atlasv1\.(?<=[A-Za-z0-9]{14}\.atlasv1\.)[\w=-]{40,}", "{a:14}.atlasv1.{w:67}"),
    )),
    Vendor("together_key", ISSUED, (
        Prefix("tgp_v1_", r"[\w-]{30,}", "tgp_v1_{w:43}"),
    )),
    Vendor("twilio_key", "https://www.twilio.com/docs/iam/api-keys", (
        Infix("SK", 0, r"SK(?<![A-Za-z0-9]SK)[0-9a-f]{32}(?![0-9a-f])", "SK{h:32}"),
        Infix("AC", 0, r"AC(?<![A-Za-z0-9]AC)[0-9a-f]{32}:(?P<v>[0-9a-f]{32})(?![0-9a-f])", "AC0123456789abcdef0123456789abcdef:{h:32}"),
    )),
    Vendor("twitter_token", GITLEAKS, (
        Prefix("AAAAAAAAAAAAAAAAAAAAA", r"[\w%]{40,}", "AAAAAAAAAAAAAAAAAAAAA{a:40}%3D{a:50}"),
    )),
    Vendor("typeform_token", GITLEAKS, (
        Prefix("tfp_", r"[\w-]{30,}", "tfp_{w:44}_{w:14}"),
    )),
    Vendor("ubidots_token", "https://docs.ubidots.com/reference/authentication", (
        Prefix("BBFF-", r"[A-Za-z0-9]{24,}", "BBFF-{a:30}"),
    )),
    Vendor("vault_token", "https://developer.hashicorp.com/vault/docs/concepts/tokens", (
        Prefix("hv", r"[sbr]\.[\w-]{20,}", "hvs.{w:95}"),
        Prefix("s.", r"(?=[A-Za-z0-9]{0,23}\d)(?=[A-Za-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\w.(])", "s.{a:24}"),
    )),
    Vendor("vercel_token", GITHUB_LIST, (
        Prefix("vc", r"[pikra]_[A-Za-z0-9]{20,}", "vcp_{a:56}"),
        Prefix("vercel_blob_rw_", r"\w{20,}", "vercel_blob_rw_{a:16}_{a:30}"),
    )),
    Vendor("voyage_key", ISSUED, (
        Prefix("pa-", r"[\w-]{43}(?![\w-])", "pa-{a:43}"),
    )),
    Vendor("wandb_key", ISSUED, (
        Prefix("wandb_v1_", r"[\w-]{24,}", "wandb_v1_{a:60}"),
    )),
    Vendor("xai_key", GITHUB_LIST, (
        Prefix("xai-", r"[\w-]{40,}", "xai-{a:80}"),
    )),
    Vendor("yandex_key", GITLEAKS, (
        Prefix("AQVN", r"[\w-]{34,}", "AQVN{w:36}"),
    )),
    Vendor("yandex_token", "https://yandex.cloud/docs/iam/concepts/authorization/iam-token", (
        Prefix("y0_", r"[\w-]{40,}", "y0_{w:55}"),
        Prefix("t1.", r"[\w=-]{20,}\.[\w=-]{80,}", "t1.{w:60}.{w:86}"),
    )),
    Vendor("zhipu_key", ISSUED, (
        Infix(".", 32, r"\.(?<=[0-9a-f]{32}\.)(?=[A-Za-z]{0,15}\d)[A-Za-z0-9]{16}(?![A-Za-z0-9.])", "{h:32}.{a:16}"),
    )),
)  # fmt: skip
