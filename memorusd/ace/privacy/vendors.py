"""Keys that vendors gave a form of their own, known by their first characters and needing no context.

Sources: the vendors' documentation of their token formats, GitHub's list of secret-scanning partners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from memorusd.ace.privacy.finding import Finding, Source
from memorusd.ace.privacy.values import is_stub

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
    ("vault_token", "s.", r"(?=[A-Za-z0-9]{0,20}\d)(?=[A-Za-z0-9]{0,20}[A-Z])[A-Za-z0-9]{24}(?![\w.(])"),
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
    ("square_token", "EAAA", r"(?=\w{0,30}\d)[\w-]{56,}"),
    ("facebook_token", "EAAC", r"(?=\w{0,40}\d)[A-Za-z0-9]{60,}"),
    ("mailchimp_key", "md-", r"(?=[A-Za-z_-]{0,21}\d)[\w-]{22}(?![\w-])"),
    ("mailgun_key", "key-", r"[0-9a-f]{32}(?![0-9a-f])"),
    ("newrelic_key", "NR", r"(?:AK|JS|AA|RA|II|IQ)-[A-Za-z0-9-]{16,}"),
    ("newrelic_key", "eu01xx", r"[0-9a-f]{24,}(?:NRAL)?"),
    ("grafana_token", "gl", r"(?:sa|c)_[\w+/=-]{24,}"),
    ("postman_key", "PMA", r"[KT]-[\w-]{20,}"),
    ("pulumi_token", "pul-", r"[0-9a-f]{32,}"),
    ("doppler_token", "dp.", r"(?:pt|st|sa|ct|scim|audit)\.(?:[\w-]{2,35}\.)?[A-Za-z0-9]{24,}"),
    ("planetscale_token", "pscale_", r"(?:tkn|pw|oauth)_[\w.=-]{16,}"),
    ("rubygems_key", "rubygems_", r"[0-9a-f]{32,}"),
    ("crates_token", "cio", r"(?=[A-Za-z]{0,30}\d)[A-Za-z0-9]{32}(?![\w-])"),
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
    *(("discord_token", first, r"[\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}") for first in "MNO"),
    ("frameio_token", "ffio-u-", r"[\w-]{40,}"),
    ("password_hash", "$2", r"[abxy]\$\d\d\$[./A-Za-z0-9]{53}"),
    ("password_hash", "$argon2", r"(?:id|i|d)\$v=\d+\$m=[\d,=tpm]{5,40}\$[\w+/=]{8,}\$[\w+/=]{16,}"),
    ("password_hash", "$5$", r"(?:rounds=\d{1,9}\$)?[./\w]{1,20}\$[./\w]{40,}"),
    ("password_hash", "$6$", r"(?:rounds=\d{1,9}\$)?[./\w]{1,20}\$[./\w]{60,}"),
    ("password_hash", "$8$", r"[./\w]{8,20}\$[./\w]{40,}"),
    ("password_hash", "$y$", r"[./\w]{2,10}\$[./\w]{8,90}\$[./\w]{30,}"),
)
# Forms without a fixed beginning: an anchor that must occur, then a pattern that begins at a left edge.
_SHAPES = tuple(
    (kind, anchor, re.compile(pattern))
    for kind, anchor, pattern in (
        ("telegram_token", ":AA", r"(?<![\w:])\d{8,10}:AA[\w-]{32,}"),
        ("twilio_key", "SK", r"SK(?<![A-Za-z0-9]SK)[0-9a-f]{32}(?![0-9a-f])"),
        ("terraform_token", ".atlasv1.", r"(?<!\w)\w{14}\.atlasv1\.[\w=-]{40,}"),
        ("azure_key", "8Q~", r"(?<![\w.~-])[\w.~-]{3}8Q~[\w.~-]{30,40}"),
        ("azure_key", "JQQJ99", r"(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}"),
        ("azure_key", "sig=", r"[?&]sig=(?P<v>[\w%+/=-]{32,})"),
        ("fullstory_key", "na1.", r"(?<![\w.])na1\.[A-Za-z0-9+/]{60,}"),
        ("airtable_token", ".v1.", r"(?<![\w.])\w{3,20}\.v1\.\w{6,20}\.\w{10,}(?![\w.(])"),
        ("teamwork_token", "tkn.v1_", r"tkn\.v1_[\w=+/-]{30,}"),
    )
)
_MAILCHIMP = re.compile(r"-us(?<=[0-9a-f]{32}-us)\d{1,2}\b")
_OPENAI = re.compile(r"sk-(?<![\w-]sk-)(?!ant-)[\w-]{10,}")
_MIXED = re.compile(r"(?=[A-Za-z]{0,80}\d)(?=\d{0,80}[A-Za-z])[A-Za-z0-9]{10,}|[A-Za-z]{20,}")


@cache
def _compiled() -> re.Pattern[str]:
    """All of `_KEYS` as one pattern, behind a left edge, branching on the first character.

    Compiled at the first use, because a process that only imports should not pay for it.
    """
    branches: dict[str, list[str]] = {}
    for number, (_, literal, rest) in enumerate(_KEYS):
        branches.setdefault(literal[0], []).append(f"(?P<k{number}>{re.escape(literal[1:])}{rest})")
    first = "".join(re.escape(c) for c in branches)
    return re.compile(
        f"[^A-Za-z0-9](?=[{first}])(?:"
        + "|".join(f"{re.escape(c)}(?:{'|'.join(b)})" for c, b in branches.items())
        + ")"
    )


def find(source: Source) -> Iterator[Finding]:
    """Every key with a vendor's form."""
    text = source.text
    padded = " " + text  # so that a key at the very beginning has an edge too
    for match in _compiled().finditer(padded):
        kind, literal, _ = _KEYS[int((match.lastgroup or "")[1:])]
        if not is_stub(match[0][1 + len(literal) :]):
            yield Finding(kind, match.start(), match.end() - 1)
    for kind, anchor, pattern in _SHAPES:
        if anchor in text:
            for match in pattern.finditer(text):
                yield Finding(kind, *match.span("v" if pattern.groups else 0))
    for match in _MAILCHIMP.finditer(text) if "-us" in text else ():
        yield Finding("mailchimp_key", match.start() - 32, match.end())
    if "sk-" in text:
        for match in _OPENAI.finditer(text):
            if _MIXED.search(match[0], 3) and any(map(str.isdigit, match[0])) and not is_stub(match[0][3:]):
                yield Finding("openai_key", *match.span())
