"""One model in ONNX Runtime: text to tokens, tokens to vectors. Knows no caller, queue or cache."""

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
"""What the model reads of a text, its two marks included; the rest of a text is not seen by it."""

_FIRST_CUT = 2048
_MARGIN = 64
"""Characters beyond a word after which nothing in the text can change how it is tokenised."""

_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Model:
    """A tokenizer and a session, loaded. `run` is for one thread at a time."""

    def __init__(self, files: ModelFiles) -> None:
        """Load it (about 0.2 s and 160 MB for the default model).

        Raises:
            EmbeddingError: a package is missing, or the files are no such model.
        """
        ort, tokenizer_class = _packages()
        try:
            self._tokenizer = tokenizer_class.from_file(str(files.tokenizer))
        except Exception as error:
            raise EmbeddingError(f"{files.tokenizer} is no tokenizer: {error}; replace the file") from error
        # The file's own settings (128 tokens, always padded to 128) are not the model's.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        try:
            self._session = ort.InferenceSession(
                str(files.model), _options(ort), providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise EmbeddingError(f"{files.model} is no ONNX model: {error}; replace the file") from error
        self._inputs = [i.name for i in self._session.get_inputs()]
        self._output = self._session.get_outputs()[0].name
        unknown = sorted(set(self._inputs) - set(_INPUTS))
        if unknown or "input_ids" not in self._inputs:
            raise EmbeddingError(
                f"{files.model} takes {self._inputs}, but a sentence model takes input_ids and at most "
                f"{_INPUTS[1]} and {_INPUTS[2]} beside it; use another model_path"
            )
        try:
            probe = self.run([self.tokens("warm up")])
        except Exception as error:
            raise EmbeddingError(
                f"{files.model} failed on its first text: {error}; use another one"
            ) from error
        self.id = ModelId(files.name, files.revision, probe.shape[1])

    def tokens(self, text: str) -> Tokens:
        """The text's first MAX_TOKENS tokens, marks included.

        Of a long text only a beginning is tokenised, as long as it takes to be sure that the
        whole text would have given the same tokens.

        Raises:
            InvalidRequest: `text` is no str, or holds half of a surrogate pair.
        """
        try:
            text.encode()
        except (AttributeError, UnicodeEncodeError) as error:
            raise InvalidRequest(
                f"{text!r:.60} cannot be embedded ({error}); give a str of whole Unicode characters"
            ) from None
        cut = _FIRST_CUT
        while cut < len(text):
            encoding = self._tokenizer.encode(text[:cut])
            if _is_settled(encoding, cut):
                return encoding.ids  # type: ignore[no-any-return]
            cut *= 8
        return self._tokenizer.encode(text).ids  # type: ignore[no-any-return]

    def run(self, texts: Sequence[Tokens]) -> Vectors:
        """The vectors of token sequences that all have the same length.

        Float32 of shape (len(texts), dimensions): the mean over all tokens (there is no padding to
        leave out), divided by its Euclidean length.

        Raises:
            ValueError: the model gave something else than finite vectors for each token.
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
    """Whether text beyond character `cut` cannot change the tokens that `encoding` kept.

    A word is cut off whole from what follows it, so the word that holds the last kept token must
    not be the last one before the cut; the margin is for special tokens ("[MASK]"), which are
    found before words are.
    """
    if not encoding.overflowing:
        return False
    kept = max(i for i, word in enumerate(encoding.word_ids) if word is not None)
    words = [w for w in encoding.overflowing[-1].word_ids if w is not None]
    return bool(words and words[-1] != encoding.word_ids[kept] and encoding.offsets[kept][1] + _MARGIN <= cut)


def _packages() -> tuple[Any, Any]:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when the library is loaded
    try:
        import onnxruntime as ort
        from tokenizers import Tokenizer
    except ImportError as error:
        raise EmbeddingError(
            f"the local embedder needs onnxruntime and tokenizers ({error}); run: pip install 'memorus[onnx]'"
        ) from error
    with contextlib.suppress(AttributeError):
        ort.disable_telemetry_events()
    return ort, Tokenizer


def _options(ort: Any) -> Any:
    options = ort.SessionOptions()
    # One thread that never spins: an idle daemon uses no processor, and a fork finds no thread pool.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Measured: 4 to 8 % faster than all optimisations, whose fusions cost more than they save here.
    # The int8 weights are turned to float once, while loading, at this level already.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return options
