"""One model in ONNX Runtime: text to tokens, and tokens to vectors. Knows no callers, queue or cache."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from memorus_proto.errors import EmbeddingError, InvalidRequest

from . import ModelId, Vectors
from .batching import Tokens
from .model_files import ModelFiles

__all__ = ["MAX_TOKENS", "Model"]

MAX_TOKENS = 256
"""How much of a text the model reads, with the two special tokens; it does not see the rest."""

_FIRST_CUT = 2048
_MARGIN = 64
"""Characters after a word beyond which no text can change how the word is tokenised."""

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Model:
    """A loaded tokenizer and session. Only one thread at a time may call `run`."""

    def __init__(self, files: ModelFiles) -> None:
        """Load the files (the default model takes about 0.2 s and 160 MB).

        Raises:
            EmbeddingError: a package is missing, or the files are not a sentence model.
        """
        ort, tokenizer_class = _packages()
        try:
            self._tokenizer = tokenizer_class.from_file(str(files.tokenizer))
        except Exception as error:
            raise EmbeddingError(
                f"{files.tokenizer} is not a tokenizer: {error}", remedy="replace the file"
            ) from error
        # The file's settings (128 tokens, always padded to 128) are not those of the model.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        try:
            self._session = ort.InferenceSession(
                str(files.model), _options(ort), providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise EmbeddingError(
                f"{files.model} is not an ONNX model: {error}", remedy="replace the file"
            ) from error
        self._inputs = [i.name for i in self._session.get_inputs()]
        self._output = self._session.get_outputs()[0].name
        unknown = sorted(set(self._inputs) - set(_INPUTS))
        if unknown or "input_ids" not in self._inputs:
            raise EmbeddingError(
                f"{files.model} takes {self._inputs}, but a sentence model takes input_ids and at most "
                f"{_INPUTS[1]} and {_INPUTS[2]} besides",
                remedy="use another model_path",
            )
        try:
            probe = self.run([self.tokens("warm up")])
        except Exception as error:
            raise EmbeddingError(
                f"{files.model} failed on its first text: {error}", remedy="use another model"
            ) from error
        self.id = ModelId(files.name, files.revision, probe.shape[1])

    def tokens(self, text: str) -> Tokens:
        """Return the text's first MAX_TOKENS tokens, special tokens included.

        Of a long text only the beginning is tokenised: as much as is needed to be sure that the
        whole text would give the same tokens.

        Raises:
            InvalidRequest: `text` is not a str, or holds half of a surrogate pair.
        """
        try:
            text.encode()
        except (AttributeError, UnicodeEncodeError) as error:
            raise InvalidRequest(
                f"{text!r:.60} cannot be embedded ({error})", remedy="pass a str of whole Unicode characters"
            ) from None
        cut = _FIRST_CUT
        while cut < len(text):
            encoding = self._tokenizer.encode(text[:cut])
            if _is_settled(encoding, cut):
                return encoding.ids  # type: ignore[no-any-return]
            cut *= 8
        return self._tokenizer.encode(text).ids  # type: ignore[no-any-return]

    def run(self, texts: Sequence[Tokens]) -> Vectors:
        """Return the vectors of token sequences that all have the same length.

        They are float32 of shape (len(texts), dimensions): the mean over all tokens (there is no
        padding to leave out), divided by its Euclidean length.

        Raises:
            ValueError: the model did not return a finite vector for each token.
        """
        ids = np.array(texts, dtype=np.int64)
        feeds = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (hidden,) = self._session.run([self._output], {name: feeds[name] for name in self._inputs})
        if hidden.ndim != 3 or hidden.shape[:2] != ids.shape:
            raise ValueError(f"output {self._output!r} has shape {hidden.shape}, not a vector for each token")
        means = hidden.mean(axis=1, dtype=np.float32)
        norms = np.sqrt((means * means).sum(axis=1, keepdims=True))
        if not (np.isfinite(norms) & (norms > 0)).all():
            raise ValueError(f"output {self._output!r} holds a vector that is zero or not finite")
        vectors: Vectors = means / norms
        return vectors


def _is_settled(encoding: Any, cut: int) -> bool:
    """Return whether text beyond character `cut` cannot change the tokens that `encoding` kept.

    Words are tokenised separately, so the word with the last kept token must not be the last one
    before the cut. The margin is for special tokens ("[MASK]"), which are found before words are.
    """
    if not encoding.overflowing:
        return False
    kept = max(i for i, word in enumerate(encoding.word_ids) if word is not None)
    words = [w for w in encoding.overflowing[-1].word_ids if w is not None]
    return bool(words and words[-1] != encoding.word_ids[kept] and encoding.offsets[kept][1] + _MARGIN <= cut)


def _packages() -> tuple[Any, Any]:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # the library reads it while it is loaded
    try:
        import onnxruntime as ort
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EmbeddingError(
            f"the local embedder needs onnxruntime and tokenizers ({error})",
            remedy="run: pip install 'memorus[onnx]'",
        ) from error
    with contextlib.suppress(AttributeError):
        ort.disable_telemetry_events()
    return ort, Tokenizer


def _options(ort: Any) -> Any:
    options = ort.SessionOptions()
    # One thread that never spins, so that an idle daemon uses no CPU and a fork meets no thread pool.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Measured: 4 to 8 % faster than with all optimisations, whose fusions cost more than they save here.
    # This level already turns the int8 weights into floats once, while loading.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return options
