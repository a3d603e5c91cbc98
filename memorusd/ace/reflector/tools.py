"""Names of programs and libraries, and which of them are alternatives to each other."""

from __future__ import annotations

from .word_sets import word_set

__all__ = ["FAMILIES", "TOOLS"]

FAMILIES: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in """
    npm yarn pnpm bun
    pip uv poetry pipenv conda pdm
    jest vitest mocha jasmine ava
    pytest unittest nose
    black ruff yapf autopep8
    flake8 ruff pylint
    eslint biome oxlint tslint
    webpack vite rollup esbuild parcel turbopack
    docker podman
    mysql postgres postgresql sqlite mariadb mongodb
    redis memcached valkey
    kafka rabbitmq nats
    maven gradle bazel
    cypress playwright selenium
    rest graphql grpc
    tabs spaces
    axios fetch ky
    moment dayjs luxon
    flask django fastapi
    react vue svelte angular
    merge rebase squash
    log4j logback
    bash zsh fish
    vim neovim emacs vscode
    """.strip().splitlines()
)
"""Alternatives to each other: a correction to one of them rejects another."""

TOOLS = word_set(
    """
    airflow alembic ansible apt argocd aws awscli axios azure babel bash bazel biome black brew
    buf bun cargo celery clang clippy cmake composer conda confluence cypress datadog deno
    django docker dockerfile emacs eslint express fastapi figma fish flake8 flask flyway gcc
    gcloud gh git github gitlab gofmt golangci-lint gradle grafana grpc gunicorn hatch helm
    heroku homebrew husky istio jenkins jest jira journalctl jq jupyter kafka k8s kubectl
    kubernetes langchain lerna liquibase litellm lint-staged lldb make mariadb maven memcached
    mocha mongodb mypy mysql nats neovim nextjs nginx node npm npx numpy nuxt nx okta openssl
    orval pandas pdm pip pipenv pipx playwright pnpm podman poetry postgres postgresql postman
    pre-commit prettier prisma prometheus protoc psql pulumi pydantic pylint pyright pytest
    rabbitmq rails react redis rollup rsync ruff rustc rustfmt rustup sbt sccache selenium
    sentry slack snowflake spring sqlalchemy sqlite ssh storybook stripe supabase svelte swagger
    systemctl systemd tailwind tailwindcss terraform tilt tmux tox tsc turbo turborepo typer
    typescript unittest uv uvicorn valkey vault vercel vim vite vitest vscode vue webpack
    wrangler xcode yarn zod zsh
    """
)
