# ruff: noqa: E501
"""URLs whose path or query is the secret: whoever knows the address may use it.

To add one, give an id, a literal that occurs in every such URL (it is looked for first), and a pattern whose group
`v` is what to redact. The example is a template, as in `vendors`. A test redacts it and finds none of it left.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["WEBHOOKS", "Webhook"]


class Webhook(NamedTuple):
    """The form of one service's URLs. All are marked `webhook_url`; the id names the row."""

    id: str
    source: str
    literal: str
    pattern: str
    example: str


WEBHOOKS: tuple[Webhook, ...] = (
    Webhook(
        "slack", "https://api.slack.com/messaging/webhooks", "hooks.slack.com",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<v>[A-Za-z0-9/_-]{12,})",
        "https://hooks.slack.com/services/T{u:8}/B{u:10}/{a:24}",
    ),
    Webhook(
        "discord", "https://discord.com/developers/docs/resources/webhook", "/webhooks/",
        r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(?P<v>\d{5,}/[\w-]{16,})",
        "https://discord.com/api/webhooks/{d:18}/{w:68}",
    ),
    Webhook(
        "feishu", "https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot", "/hook/",
        r"/open-apis/bot/(?:v2/)?hook/(?P<v>[\w-]{16,})",
        "https://open.feishu.cn/open-apis/bot/v2/hook/{g:0}",
    ),
    Webhook(
        "azure-sas", "https://learn.microsoft.com/azure/storage/common/storage-sas-overview", "sig=",
        r"sig=(?<=[?&]sig=)(?P<v>[\w%+/=.~-]{20,})",
        "https://prod-1.logic.azure.com/workflows/1/triggers/m/paths/invoke?sv=1.0&sig={w:43}",
    ),
    Webhook(
        "signed-url", "https://cloud.google.com/cdn/docs/using-signed-urls", "signature=",
        r"signature=(?<=[?&]signature=)(?P<v>[\w%+/=.~-]{20,})",
        "https://cdn.example.com/a.mp4?expires=1&signature={w:43}",
    ),
    Webhook(
        "microsoft-teams", "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors", "webhook",
        r"webhook(?:b2|s|-waw)?/(?P<v>[0-9a-fA-F-]{32,}[@/A-Za-z0-9_.-]*)",
        "https://acme.webhook.office.com/webhookb2/{g:0}@{g:1}/IncomingWebhook/{h:32}/{g:2}",
    ),
    Webhook(
        "zapier", "https://help.zapier.com/hc/en-us/articles/8496083355661", "hooks.zapier.com",
        r"hooks\.zapier\.com/hooks/catch/(?P<v>[A-Za-z0-9/]{8,})",
        "https://hooks.zapier.com/hooks/catch/{d:7}/{a:7}",
    ),
    Webhook(
        "ifttt", "https://ifttt.com/maker_webhooks", "maker.ifttt.com",
        r"maker\.ifttt\.com/trigger/[\w-]{1,60}/(?:json/)?with/key/(?P<v>[\w-]{10,})",
        "https://maker.ifttt.com/trigger/door/with/key/{w:22}",
    ),
    Webhook(
        "google-chat", "https://developers.google.com/workspace/chat/quickstart/webhooks", "chat.googleapis",
        r"chat\.googleapis\.com/v1/spaces/(?P<v>[\w-]{4,}/messages\?key=[\w%=&-]{10,})",
        "https://chat.googleapis.com/v1/spaces/{a:11}/messages?key={w:39}&token={w:43}",
    ),
    Webhook(
        "make", "https://www.make.com/en/help/tools/webhooks", "hook.",
        r"hook\.(?:[a-z0-9]{2,6}\.)?(?:make|integromat)\.com/(?P<v>[a-z0-9]{16,})",
        "https://hook.eu1.make.com/{h:32}",
    ),
    Webhook(
        "thingsboard", "https://thingsboard.io/docs/reference/http-api/", "thingsboard",
        r"thingsboard[\w.-]{1,60}/api/v1/(?P<v>[A-Za-z0-9]{16,})",
        "https://thingsboard.example.com/api/v1/{a:20}/telemetry",
    ),
    Webhook(
        "sentry-dsn", "https://docs.sentry.io/concepts/key-terms/dsn-explainer/", "ingest.",
        r"://(?P<v>[0-9a-f]{32}(?::[0-9a-f]{32})?)@[\w.-]{1,80}sentry",
        "https://{h:32}@o123456.ingest.sentry.io/1234567",
    ),
    Webhook(
        "telegram-bot", "https://core.telegram.org/bots/api#making-requests", "api.telegram.org",
        r"api\.telegram\.org/(?:file/)?bot(?P<v>\d{6,12}:[\w-]{20,})",
        "https://api.telegram.org/bot{d:10}:AA{w:33}/getMe",
    ),
)  # fmt: skip
