"""Keys that vendors gave a form of their own, known by their first characters and needing no context.

Sources: the vendors' documentation of their token formats, GitHub's list of secret-scanning partners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from .finding import Finding, Source
from .values import is_stub

__all__ = ["find"]

# kind, the literal it begins with, what follows. Every pattern is open-ended on the right, so that a longer
# key than the known ones goes as a whole, and begins at a left edge, so that no run is scanned twice.
_KEYS: tuple[tuple[str, str, str], ...] = (
    ("anthropic_key", "sk-ant-", r"[\w-]{8,}"),
    ("aws_access_key", "AKIA", r"[A-Z0-9]{12,}(?![a-z])"),
    ("aws_access_key", "ASIA", r"[A-Z0-9]{12,}(?![a-z])"),
    ("aws_access_key", "AROA", r"[A-Z0-9]{16,}(?![a-z])"),
    ("aws_access_key", "AIDA", r"[A-Z0-9]{16,}(?![a-z])"),
    ("aws_access_key", "ABIA", r"[A-Z0-9]{16,}(?![a-z])"),
    ("aws_access_key", "ACCA", r"[A-Z0-9]{16,}(?![a-z])"),
    ("aws_access_key", "ABSKQmVkcm9ja0FQSUtleS", r"[\w+/=-]{20,}"),
    ("aws_secret_key", "bedrock-api-key-", r"[\w+/=-]{20,}"),
    ("github_token", "ghp_", r"\w{16,}"),
    ("github_token", "gho_", r"\w{16,}"),
    ("github_token", "ghu_", r"\w{16,}"),
    ("github_token", "ghs_", r"[\w.-]{16,}"),
    ("github_token", "ghr_", r"\w{16,}"),
    ("github_token", "github_pat_", r"\w{16,}"),
    ("slack_token", "xox", r"[abceoprsd]-[\w-]{8,}"),
    ("slack_token", "xoxe.", r"xox[bp]-[\w-]{8,}"),
    ("slack_token", "xapp-", r"\d-[\w-]{8,}"),
    ("stripe_key", "sk_live_", r"\w{8,}"),
    ("stripe_key", "sk_test_", r"\w{8,}"),
    ("stripe_key", "rk_live_", r"\w{8,}"),
    ("stripe_key", "rk_test_", r"\w{8,}"),
    ("stripe_key", "whsec_", r"[\w+/=-]{16,}"),
    ("google_key", "AIza", r"[\w-]{30,}"),
    ("google_key", "ya29.", r"[\w.-]{16,}"),
    ("google_key", "GOCSPX-", r"[\w-]{16,}"),
    ("google_key", "1//0", r"[\w-]{24,}"),
    ("gitlab_token", "gl", r"(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-[\w.=-]{16,}"),
    ("gitlab_token", "GR1348941", r"[\w-]{16,}"),
    ("npm_token", "npm_", r"[A-Za-z0-9]{30,}"),
    ("pypi_token", "pypi-", r"AgE[\w-]{16,}"),
    ("pypi_token", "pypi-", r"[A-Za-z0-9_-]{60,}"),
    ("huggingface_token", "hf_", r"[A-Za-z0-9]{24,}"),
    ("huggingface_token", "api_org_", r"[A-Za-z0-9]{24,}"),
    ("sendgrid_key", "SG.", r"[\w-]{12,}\.[\w-]{16,}"),
    ("telegram_token", "bot", r"\d{8,10}:AA[\w-]{30,}"),
    ("digitalocean_token", "do", r"[opr]_v1_[0-9a-f]{32,}"),
    ("databricks_token", "dapi", r"[0-9a-f]{30,}(?:-\d)?"),
    ("databricks_token", "dose", r"[0-9a-f]{32}"),
    ("vault_token", "hv", r"[sbr]\.[\w-]{20,}"),
    ("vault_token", "s.", r"(?=[A-Za-z0-9]{0,23}\d)(?=[A-Za-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\w.(])"),
    ("docker_token", "dckr_", r"(?:pat|oat)_[\w-]{16,}"),
    ("cloudflare_token", "v1.0-", r"[0-9a-f]{24}-[0-9a-f]{40,}"),
    ("cloudflare_token", "cf", r"(?:ut|at|k)_[A-Za-z0-9]{32,}"),
    ("datadog_key", "ddp_", r"[A-Za-z0-9]{30,}"),
    ("sentry_token", "sntry", r"[us]_[\w+/=-]{32,}"),
    ("linear_key", "lin_", r"(?:api|oauth)_[A-Za-z0-9]{16,}"),
    ("notion_token", "ntn_", r"[A-Za-z0-9]{24,}"),
    ("notion_token", "secret_", r"(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{32,}"),
    ("supabase_key", "sbp_", r"[A-Za-z0-9_]{24,}"),
    ("supabase_key", "sb_secret_", r"[\w-]{16,}"),
    ("vercel_token", "vc", r"[pikra]_[A-Za-z0-9]{20,}"),
    ("vercel_token", "vercel_blob_rw_", r"\w{20,}"),
    ("shopify_token", "shp", r"(?:at|ca|pa|ss|ua|tka|ltm)_[A-Za-z0-9]{24,}"),
    ("square_token", "sq0", r"(?:atp|csp|idp)-[\w-]{16,}"),
    ("square_token", "EAAA", r"(?=[\w-]{0,50}\d)[\w-]{56,}"),
    ("facebook_token", "EAAC", r"(?=\w{0,40}\d)[A-Za-z0-9]{60,}"),
    ("mailchimp_key", "md-", r"(?=[A-Za-z_-]{0,21}\d)[\w-]{22}(?![\w-])"),
    ("mailgun_key", "key-", r"[0-9a-f]{32}(?![0-9a-f])"),
    ("newrelic_key", "NR", r"(?:AK|JS|AA|RA|II|IQ)-[\w-]{16,}"),
    ("newrelic_key", "eu01xx", r"[0-9a-f]{24,}(?:NRAL)?"),
    ("grafana_token", "gl", r"(?:sa|c)_[\w+/=-]{24,}"),
    ("postman_key", "PMA", r"[KT]-[\w-]{20,}"),
    ("pulumi_token", "pul-", r"[0-9a-f]{32,}"),
    ("doppler_token", "dp.", r"(?:pt|st|sa|ct|scim|audit)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{24,}"),
    ("planetscale_token", "pscale_", r"(?:tkn|pw|oauth)_[\w.=-]{16,}"),
    ("rubygems_key", "rubygems_", r"[0-9a-f]{32,}"),
    ("crates_token", "cio", r"(?=[A-Za-z]{0,31}\d)[A-Za-z0-9]{32}(?![\w-])"),
    ("nuget_key", "oy2", r"[a-z0-9]{43}(?![a-z0-9])"),
    ("tailscale_key", "tskey-", r"[a-z]{3,12}-[\w-]{8,}"),
    ("figma_token", "figd_", r"[\w-]{20,}"),
    ("figma_token", "figoh_", r"[\w-]{20,}"),
    ("airtable_token", "pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{40,}"),
    ("asana_token", "1/", r"\d{12,}:[0-9a-f]{32}"),
    ("atlassian_token", "ATATT3", r"[\w=-]{24,}"),
    ("atlassian_token", "ATCTT3", r"[\w=-]{24,}"),
    ("atlassian_token", "ATBB", r"(?=[A-Za-z]{0,30}\d)[A-Za-z0-9]{24,}"),
    ("terraform_token", ".atlasv1.", r"[\w=-]{40,}"),
    ("age_key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{20,}"),
    ("artifactory_key", "AKCp", r"[A-Za-z0-9]{50,}"),
    ("artifactory_key", "cmVmdGtu", r"[A-Za-z0-9]{40,}"),
    ("alibaba_key", "LTAI", r"[A-Za-z0-9]{12,}"),
    ("tencent_key", "AKID", r"(?=[A-Za-z]{0,32}\d)[A-Za-z0-9]{32,}"),
    ("dropbox_token", "sl.", r"[\w-]{60,}"),
    ("buildkite_token", "bk", r"(?:ua|aj|at)_[0-9a-z]{32,}"),
    ("circleci_token", "CCIP", r"(?:AT|RJ)_\w{20,}"),
    ("contentful_token", "CFPAT-", r"[\w-]{40,}"),
    ("heroku_key", "HRKU-", r"[\w-]{30,}"),
    ("fly_token", "FlyV1 ", r"fm\d_[\w+/=,-]{20,}"),
    ("fly_token", "fo1_", r"[\w-]{40,}"),
    ("render_key", "rnd_", r"[A-Za-z0-9]{24,}"),
    ("netlify_token", "nf", r"[pcuob]_[A-Za-z0-9]{30,}"),
    ("groq_key", "gsk_", r"[A-Za-z0-9]{24,}"),
    ("xai_key", "xai-", r"[\w-]{40,}"),
    ("perplexity_key", "pplx-", r"[A-Za-z0-9]{24,}"),
    ("nvidia_key", "nvapi-", r"[\w-]{40,}"),
    ("replicate_token", "r8_", r"[A-Za-z0-9]{30,}"),
    ("fireworks_key", "fw_", r"[A-Za-z0-9]{20,}(?<=\w\w\w\w)"),
    ("tavily_key", "tvly-", r"[\w-]{16,}"),
    ("firecrawl_key", "fc-", r"[0-9a-f]{32}"),
    ("langsmith_key", "lsv2_", r"(?:pt|sk)_\w{32,}"),
    ("pinecone_key", "pcsk_", r"\w{30,}"),
    ("wandb_key", "wandb_v1_", r"[\w-]{24,}"),
    ("posthog_key", "phx_", r"\w{30,}"),
    ("posthog_key", "phs_", r"\w{30,}"),
    ("segment_token", "sgp_", r"\w{40,}"),
    ("sourcegraph_token", "slk_", r"[0-9a-f]{40,}"),
    ("brevo_key", "xkeysib-", r"[0-9a-f]{40,}(?:-\w{8,})?"),
    ("brevo_key", "xsmtpsib-", r"[0-9a-f]{40,}(?:-\w{8,})?"),
    ("resend_key", "re_", r"[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,}"),
    ("readme_key", "rdme_", r"[a-z0-9]{40,}"),
    ("typeform_token", "tfp_", r"[\w-]{30,}"),
    ("mapbox_token", "sk.eyJ", r"[\w-]{16,}\.[\w-]{16,}"),
    ("frameio_token", "fio-u-", r"[\w-]{40,}"),
    ("dynatrace_token", "dt0", r"[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{40,}"),
    ("duffel_token", "duffel_", r"(?:test|live)_[\w-]{30,}"),
    ("adafruit_key", "aio_", r"[A-Za-z0-9]{24,}"),
    ("flutterwave_key", "FLWSECK", r"[_-]\w{12,}(?:-X)?"),
    ("plaid_token", "access-", r"(?:sandbox|development|production)-[0-9a-f-]{32,}"),
    ("mongodb_key", "mdb_sa_", r"sk_[\w-]{24,}"),
    ("clickup_token", "pk_", r"\d{4,12}_[A-Z0-9]{24,}"),
    ("klaviyo_key", "pk_", r"[0-9a-f]{30,}(?!\w)"),
    ("ubidots_token", "BBFF-", r"[A-Za-z0-9]{24,}"),
    ("pubnub_key", "sub-c-", r"[0-9a-f-]{32,}"),
    ("pubnub_key", "pub-c-", r"[0-9a-f-]{32,}"),
    ("pubnub_key", "sec-c-", r"[\w=-]{32,}"),
    ("nightfall_key", "NF-", r"[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
    ("flexport_token", "shltm_", r"[\w-]{32,}"),
    ("elevenlabs_key", "sk_", r"(?=[a-z]{0,40}\d)[0-9a-f]{32,}(?![0-9a-z]{20})"),
    ("1password_token", "ops_eyJ", r"[\w+/=-]{40,}"),
    ("1password_key", "A3-", r"[A-Z0-9]{6}-[A-Z0-9-]{20,}"),
    ("snyk_token", "snyk_", r"(?:uat|sat)\.[\w.-]{30,}"),
    ("confluent_key", "cflt", r"[A-Za-z0-9+/]{60}"),
    ("azure_devops_token", "AzureDevOps ", r"[a-z2-7]{52}"),
    ("hawk_key", "hawk.", r"[A-Za-z0-9]{16,}\.[A-Za-z0-9]{16,}"),
    # Discord's begin with the base64 of an account's number: a digit, and half of the next.
    *(
        ("discord_token", first + second, r"[\w-]{22,26}\.[\w-]{6}\.[\w-]{27,}")
        for first in "MNO"
        for second in "DTjz"
    ),
    ("frameio_token", "ffio-u-", r"[\w-]{40,}"),
    ("password_hash", "$2", r"[abxy]\$\d\d\$[./A-Za-z0-9]{53}"),
    ("password_hash", "$argon2", r"(?:id|i|d)\$v=\d+\$m=[\d,=tpm]{5,40}\$[\w+/=]{8,}\$[\w+/=]{16,}"),
    ("password_hash", "$5$", r"(?:rounds=\d{1,9}\$)?[./\w]{1,20}\$[./\w]{40,}"),
    ("password_hash", "$6$", r"(?:rounds=\d{1,9}\$)?[./\w]{1,20}\$[./\w]{60,}"),
    ("password_hash", "$8$", r"[./\w]{8,20}\$[./\w]{40,}"),
    ("password_hash", "$y$", r"[./\w]{2,10}\$[./\w]{8,90}\$[./\w]{30,}"),
    ("stripe_key", "sk_org_", r"(?:live|test)_\w{16,}"),
    ("google_key", "AQ.Ab8", r"[\w-]{30,}"),
    ("discord_token", "mfa.", r"[\w-]{60,}"),
    ("grafana_token", "eyJrIjoi", r"[\w+/=-]{30,}"),
    ("asana_token", "2/", r"\d{12,}/\d{12,}:[0-9a-f]{32}"),
    ("cerebras_key", "csk-", r"[a-z0-9]{40,}"),
    ("cerebras_key", "csk-", r"(?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{40,}"),
    *(
        ("launchdarkly_key", first, r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
        for first in ("sdk-", "api-", "mob-", "xaat-", "xapt-", "pat-na1-", "pat-eu1-", "HRKU-")
    ),
    ("together_key", "tgp_v1_", r"[\w-]{30,}"),
    ("sonar_token", "sq", r"[puab]_[0-9a-f]{40}"),
    ("atlassian_token", "ATSTT3", r"[\w=-]{24,}"),
    ("paddle_key", "pdl_", r"(?:live|sdbx)_\w{30,}"),
    ("twitter_token", "AAAAAAAAAAAAAAAAAAAAA", r"[\w%]{40,}"),
    ("clojars_token", "CLOJARS_", r"[a-z0-9]{40,}"),
    ("easypost_key", "EZ", r"[AT]K[A-Za-z0-9]{50,}"),
    ("harness_token", "pat.", r"[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}"),
    ("octopus_key", "API-", r"(?=[A-Z]{0,30}\d)[A-Z0-9]{25,}"),
    ("openshift_token", "sha256~", r"[\w-]{40,}"),
    ("shippo_token", "shippo_", r"(?:live|test)_[0-9a-f]{32,}"),
    ("scalingo_token", "tk-us-", r"[\w-]{40,}"),
    ("defined_token", "dnkey-", r"[\w-]{40,}"),
    ("scaleway_key", "SCW", r"(?=[A-Z]{0,17}\d)[A-Z0-9]{17}(?![A-Z0-9])"),
    ("yandex_key", "AQVN", r"[\w-]{34,}"),
    ("yandex_token", "y0_", r"[\w-]{40,}"),
    ("deno_token", "dd", r"[pwo]_[A-Za-z0-9]{34,}"),
    ("infracost_key", "ico-", r"[A-Za-z0-9]{32}"),
    ("onfido_token", "api_", r"(?:live|sandbox)(?:_us|_ca)?\.[\w-]{11}\.[\w-]{30,}"),
    ("mercury_token", "secret-token:", r"[\w.-]{20,}"),
    ("beamer_token", "b_", r"(?=[a-z=_-]{0,40}\d)[a-z0-9=_-]{44}(?!\w)"),
    ("voyage_key", "pa-", r"[\w-]{43}(?![\w-])"),
    ("hashicorp_token", "hcp_", r"[\w-]{40,}"),
    ("figma_token", "fig", r"[us]_[\w-]{30,}"),
    ("neon_key", "napi_", r"[a-z0-9]{40,}"),
    ("neon_password", "npg_", r"(?=[A-Za-z]{0,12}\d)[A-Za-z0-9]{12,}"),
    ("facebook_token", "EAA", r"(?=\w{0,60}\d)[A-Za-z0-9]{90,}"),
    ("intercom_token", "dG9rO", r"[\w+/=-]{40,}"),
    ("yandex_token", "t1.", r"[\w=-]{20,}\.[\w=-]{80,}"),
    ("logfire_token", "pylf_v", r"\d_[a-z]{2,8}_\w{30,}"),
    ("aws_session_token", "IQoJb3JpZ2luX2Vj", r"[\w+/=%-]{60,}"),
    ("aws_session_token", "FwoGZXIvYXdz", r"[\w+/=%-]{60,}"),
    *(("password_hash", f"{{{scheme}}}", r"[\w+/=]{24,}") for scheme in ("SSHA", "SSHA256", "SSHA512")),
)
# Forms known by what stands within them: kind, how many characters of the key stand before the anchor, the
# pattern from the anchor on (a look-behind checks what stands before). So the search is one for a literal.
_SHAPES = tuple(
    (kind, back, anchor, re.compile(pattern))
    for kind, back, anchor, pattern in (
        ("telegram_token", 10, ":AA", r":AA(?<=\d{10}:AA)[\w-]{32,}"),
        ("telegram_token", 9, ":AA", r":AA(?<!\d{10}:AA)(?<=\d{9}:AA)[\w-]{32,}"),
        ("telegram_token", 8, ":AA", r":AA(?<!\d{9}:AA)(?<=\d{8}:AA)[\w-]{32,}"),
        ("twilio_key", 0, "SK", r"SK(?<![A-Za-z0-9]SK)[0-9a-f]{32}(?![0-9a-f])"),
        ("twilio_key", 0, "AC", r"AC(?<![A-Za-z0-9]AC)[0-9a-f]{32}:(?P<v>[0-9a-f]{32})(?![0-9a-f])"),
        ("mailchimp_key", 32, "-us", r"-us(?<=[0-9a-f]{32}-us)\d{1,2}\b"),
        ("mailgun_key", 32, "-", r"-(?<=[0-9a-f]{32}-)[0-9a-f]{8}-[0-9a-f]{8}(?![0-9a-f-])"),
        ("terraform_token", 14, ".atlasv1.", r"\.atlasv1\.(?<=[A-Za-z0-9]{14}\.atlasv1\.)[\w=-]{40,}"),
        ("azure_key", 3, "8Q~", r"8Q~(?<=[\w.~-]{3}8Q~)[\w.~-]{30,40}"),
        ("azure_key", 52, "JQQJ99", r"JQQJ99(?<=[A-Za-z0-9]{52}JQQJ99)[A-Za-z0-9]{26}"),
        ("azure_key", 76, "+ASt", r"\+ASt(?<=[A-Za-z0-9+/]{76}\+ASt)[A-Za-z0-9+/]{7}=="),
        *(
            ("azure_key", 33, name, name + r"(?<=[A-Za-z0-9+/]{33}" + name + r")[A-Za-z0-9+/]{4,12}={1,2}")
            for name in ("AzFu", "AzSe", "AzCa", "AIoT", "ASbT", "AEhG", "ACDb")
        ),
        ("azure_key", 0, "sig=", r"sig=(?<=[?&]sig=)(?P<v>[\w%+/=-]{32,})"),
        ("newrelic_key", 36, "FFFFNRAL", r"FFFFNRAL(?<=[0-9a-f]{36}FFFFNRAL)"),
        ("rapidapi_key", 10, "msh", r"msh(?<=[a-z0-9]{10}msh)[a-z0-9]{15}p1[a-z0-9]{5}jsn[a-z0-9]{12}"),
        ("maxmind_key", 36, "_mmk", r"_mmk(?<=[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)"),
        (
            "zhipu_key", 32, ".",
            r"\.(?<=[0-9a-f]{32}\.)(?=[A-Za-z]{0,15}\d)[A-Za-z0-9]{16}(?![A-Za-z0-9.])",
        ),
        (
            "ngrok_token", 27, "_",
            r"_(?<=[123][A-Za-z0-9]{26}_)(?=[a-z0-9]{0,20}[A-Z])[A-Za-z0-9]{20,22}(?![A-Za-z0-9])",
        ),
        ("signature", 0, "-Signature=", r"-Signature=(?<=Amz-Signature=|oog-Signature=)(?P<v>[0-9a-f]{32,})"),
        ("session_token", 0, "X-Amz-Security-Token=", r"X-Amz-Security-Token=(?P<v>[\w%+/=-]{16,})"),
        ("fullstory_key", 0, "na1.", r"na1\.(?<![\w.]na1\.)[A-Za-z0-9+/]{60,}"),
        ("airtable_token", 3, ".v1.", r"\.v1\.(?<=\w{3}\.v1\.)\w{6,20}\.\w{10,}(?![\w.(])"),
        ("teamwork_token", 0, "tkn.v1_", r"tkn\.v1_[\w=+/-]{30,}"),
    )
)  # fmt: skip
_OPENAI = re.compile(r"sk-(?<![A-Za-z0-9_-]sk-)(?!ant-)[\w-]{10,}")
_MIXED = re.compile(r"(?=[A-Za-z]{0,80}\d)(?=\d{0,80}[A-Za-z])[A-Za-z0-9]{10,}|[A-Za-z]{20,}")


@cache
def _compiled() -> re.Pattern[str]:
    """All of `_KEYS` as one pattern, behind a left edge, branching on the first two characters.

    Compiled at the first use, because a process that only imports should not pay for it.
    """
    branches: dict[str, dict[str, list[str]]] = {}
    for number, (_, literal, rest) in enumerate(_KEYS):
        second = branches.setdefault(literal[0], {}).setdefault(literal[1], [])
        second.append(f"(?P<k{number}>{re.escape(literal[2:])}{rest})")

    def either(seconds: dict[str, list[str]]) -> str:
        guard = "".join(map(re.escape, seconds))
        return (
            f"(?=[{guard}])(?:"
            + "|".join(f"{re.escape(c)}(?:{'|'.join(k)})" for c, k in seconds.items())
            + ")"
        )

    first = "".join(map(re.escape, branches))
    rules = "|".join(re.escape(c) + either(seconds) for c, seconds in branches.items())
    return re.compile(f"[^A-Za-z0-9](?=[{first}])(?:{rules})")


def find(source: Source) -> Iterator[Finding]:
    """Every key with a vendor's form."""
    text = source.text
    padded = " " + text  # so that a key at the very beginning has an edge too
    for match in _compiled().finditer(padded):
        kind, literal, _ = _KEYS[int((match.lastgroup or "")[1:])]
        if not is_stub(match[0][1 + len(literal) :]):
            yield Finding(kind, match.start(), match.end() - 1)
    for kind, back, anchor, pattern in _SHAPES:
        if anchor in text:
            for match in pattern.finditer(text):
                start, end = match.span("v" if pattern.groups else 0)
                yield Finding(kind, start - back, end)
    if "sk-" in text:
        for match in _OPENAI.finditer(text):
            if _MIXED.search(match[0], 3) and any(map(str.isdigit, match[0])) and not is_stub(match[0][3:]):
                yield Finding("openai_key", *match.span())
