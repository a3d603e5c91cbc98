"""Words before a long random value that say what it is: a service's key, an id, a hash, something public.

To add a service whose keys have no form of their own, put its name into `SERVICES`, in lower case. A key with
a form of its own belongs into `vendors`.
"""

from __future__ import annotations

from . import word_list

__all__ = ["ARTICLES", "HASH_NAMES", "ID_PREFIXES", "PUBLIC_TOKENS", "SERVICES"]

SERVICES = frozenset(
    word_list("""
airtable algolia amplitude anthropic asana assemblyai atlassian auth0 aviationstack bitbucket braintree
bugsnag calendly chartmogul circleci clickup cloudflare cohere confluent contentful datadog deepgram
deepseek discord docker dropbox dynatrace elastic elevenlabs etsy fastforex fastly figma firebase fixer
flickr gemini gitlab gitter grafana groq helpscout heroku hubspot huggingface intercom ipinfo jenkins jira
launchdarkly linear linkedin looker mailchimp mailgun mailjet mandrill mapbox mistral mixpanel monday
netlify newrelic ngrok notion nylas okta onesignal openai openrouter openweather opsgenie owm pagerduty
paypal pinecone plaid plivo postman postmark posthog pusher pyowm quandl rapidapi readme replicate rollbar
salesforce segment sendgrid sendinblue sentry shodan shopify slack snyk sonarcloud sparkpost splunk spotify
square statuspage stripe supabase telegram telnyx tiingo todoist travis trello tumblr twilio twitch twitter
typeform vercel virustotal vultr wakatime wandb weatherbit wise zendesk zoom
""")
)
"""`wandb 9f8e…`: services whose key is often written right behind their name."""

ID_PREFIXES = frozenset(
    word_list("""
batch file msg run asst thread call chatcmpl resp req cus pi evt price prod sub in ch toolu container vs img
step ft cs seti acct txn py po re si tok card src pm ba bundle chunk sha test id user org proj ftjob cmpl
gen fc rs ci sha1 sha256 sha512 md5 hash etag rev commit blob image layer digest asset tmp build job task
trace span event node tree object cache page doc row item user team snapshot backup index part upload
session conv message
""")
)
"""`cus_9f8e…`: prefixes of ids that services print everywhere and that open nothing."""

HASH_NAMES = word_list("""
id$ hash sha digest etag rev commit nonce cursor sum$ integrity version uuid cid addr account wallet image
data b64 base icon public source text string digits alphabet chars letters value expected result seed build
name sig$
""")
"""`etag=9f8e…`: names of values that look random and are no secrets. `$`: the name ends so."""

PUBLIC_TOKENS = word_list("public next page starting continuation pagination cursor lock csrf sync request")
"""Before `token` or `key`: .NET's `publicKeyToken`, `--starting-token`."""

ARTICLES = frozenset(
    word_list("""
the a an this that primary foreign public cache partition sort commit row hash sha by with for of and or to
in is no random direct next page api's
""")
)
"""Before a bare `key` or `access`: it means much else ("the key", "primary key")."""
