"""Calls a language model through litellm, which is imported at the first call.

litellm is kept quiet: it reads no `.env` file, fetches no price lists or tokenizers, prints and logs nothing,
and reports to no callback. The only connection is the one to the model.

A call has a hard time limit. HTTP clients limit only the time between two bytes, so a server that sends one
now and then holds them for ever. Therefore the call runs in its own thread and is abandoned when its time is
over. An abandoned thread ends with its connection. Until then it occupies one of a few slots, so that a bad
server costs a bounded number of threads.
"""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from memorus_proto.errors import LLMError
from memorus_proto.model_access import provider_of

from ...options import ReflectorSettings
from .credentials import find_access
from .failures import explain_failure

__all__ = ["Prompt", "ask_model", "load_litellm"]

Prompt = list[dict[str, str]]
"""`role` and `content` of each message sent to the model."""

_SLOTS = threading.BoundedSemaphore(16)
# For these providers, litellm asks a server of its choice about every model that its price list lacks.
_LOOKED_UP_PROVIDERS = ("ollama", "ollama_chat")
# Where litellm would look into the environment of this process, which may be another caller's.
_BASES = {"openai": "https://api.openai.com/v1"}
_PRIVATE = {"no-log": True}  # no callback of the surrounding program sees the call
_loading = threading.Lock()
_litellm: Any = None
_no_json_mode: set[tuple[str, str | None]] = set()


def ask_model(prompt: Prompt, settings: ReflectorSettings, *, retries: int) -> str:
    """The model's answer to `prompt`, as text; empty if it answered nothing.

    Takes at most (retries + 1) times `llm_timeout` and `retries` pauses of up to 20 s each. The first call
    also imports litellm, which takes seconds. Hold no lock while calling it.

    Raises:
        LLMError: every attempt failed. The message quotes nothing of the prompt, the answer or the key.
    """
    model = str(settings.llm_model)
    litellm = load_litellm()
    call = _build_call(litellm, prompt, settings)
    for attempt in range(retries + 1):
        try:
            return _call_within(settings.llm_timeout, call, model)
        except LLMError:
            raise
        except Exception as error:
            failure, pause = explain_failure(error, model, attempt)
        if pause is None or attempt == retries:
            raise failure from None
        time.sleep(pause)
    raise AssertionError("unreachable")  # pragma: no cover


def load_litellm() -> Any:
    """The litellm module, silenced.

    Raises:
        LLMError: it is not installed, or broken.
    """
    global _litellm
    with _loading:
        if _litellm is None:
            _litellm = _import_litellm()
        return _litellm


def _import_litellm() -> Any:
    shared = "litellm" in sys.modules  # the surrounding program uses it too, so its loggers stay as they are
    if not shared:
        _silence()
    mode = os.environ.get("LITELLM_MODE")
    os.environ.update(
        LITELLM_LOCAL_MODEL_COST_MAP="True",  # otherwise it is fetched at import
        LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS="True",  # otherwise they are fetched at the first call
        LITELLM_MODE="PRODUCTION",  # otherwise `.env` files are read into the environment
    )
    try:
        litellm: Any = import_module("litellm")
    except Exception as error:
        raise LLMError(
            f"litellm cannot be imported ({type(error).__name__})", remedy="run `pip install 'memorus[llm]'`"
        ) from None
    finally:
        if mode is None:
            del os.environ["LITELLM_MODE"]
        else:
            os.environ["LITELLM_MODE"] = mode
    litellm.suppress_debug_info = True  # otherwise failures are printed, with an advertisement
    litellm.telemetry = False
    litellm.disable_hf_tokenizer_download = True
    if not shared:
        _silence()  # again: importing may have set levels
    with suppress(Exception):
        # The first call imports half of litellm. Made here, without a connection, it uses up no timeout.
        litellm.completion(
            model="openai/none", messages=[{"role": "user", "content": ""}], mock_response="", **_PRIVATE
        )
    return litellm


def _silence() -> None:
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).disabled = True
    for name in ("openai", "httpx", "httpcore"):  # at lower levels they log what is sent
        logging.getLogger(name).setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", module=r"litellm(\.|$)")
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings", category=UserWarning)


def _build_call(litellm: Any, prompt: Prompt, settings: ReflectorSettings) -> Callable[[], str]:
    model = str(settings.llm_model)
    base = settings.llm_api_base or _BASES.get(provider_of(model))
    access = find_access(settings, load_litellm)
    if access.obstacle:
        raise LLMError(access.obstacle)
    try:
        _, provider, _, _ = litellm.get_llm_provider(model=model, api_base=base)
    except Exception:
        raise LLMError(
            f"litellm does not know the provider of llm_model {model}",
            remedy="write llm_model as provider/name, "
            f"for example openai/{model} for a server with OpenAI's API",
        ) from None
    if provider in _LOOKED_UP_PROVIDERS:
        known = {"litellm_provider": provider, "mode": "chat"}
        litellm.model_cost.setdefault(model, {**known, "input_cost_per_token": 0, "output_cost_per_token": 0})
    options: dict[str, Any] = {
        "model": model,
        "messages": prompt,
        "api_base": base,
        "api_key": access.api_key,
        "temperature": settings.llm_temperature,
        "max_tokens": settings.llm_max_tokens,
        "timeout": settings.llm_timeout,
        "max_retries": 0,  # retries are made here, where they are bounded and respect Retry-After
        "num_retries": 0,
        "drop_params": True,
        **_PRIVATE,
    }
    supported = litellm.get_supported_openai_params(model=model, custom_llm_provider=provider) or ()

    def call() -> str:
        if "response_format" in supported and (model, base) not in _no_json_mode:
            try:
                return _text(litellm.completion(**options, response_format={"type": "json_object"}))
            except litellm.BadRequestError as error:
                # Some servers lack this part of the API, and only their answer says so.
                if "response_format" not in str(error):
                    raise
                _no_json_mode.add((model, base))
        return _text(litellm.completion(**options))

    return call


def _text(response: Any) -> str:
    return (response.choices[0].message.content if response.choices else None) or ""


def _call_within(seconds: float, call: Callable[[], str], model: str) -> str:
    """The result of `call`, which runs in its own thread.

    Raises:
        LLMError: no slot became free in time, or no thread could be started.
        TimeoutError: the slot and the call took longer than `seconds`.
        Exception: whatever `call` raised.
    """
    end = time.monotonic() + seconds
    if not _SLOTS.acquire(timeout=seconds):
        raise LLMError(f"{model} was not asked: too many earlier calls are still running")
    done: queue.SimpleQueue[str | BaseException] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put(call())
        except BaseException as error:
            done.put(error)
        finally:
            _SLOTS.release()

    try:
        threading.Thread(target=run, name="memorus-llm", daemon=True).start()
    except RuntimeError:
        _SLOTS.release()
        raise LLMError(f"{model} was not asked: no thread could be started") from None
    try:
        result = done.get(timeout=max(0.0, end - time.monotonic()))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(result, BaseException):
        raise result
    return result
