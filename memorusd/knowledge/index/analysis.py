"""What the index keeps of one bullet: everything that is computed from its text, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from ...text.cues import ROLE_NAMES
from ...text.tokens import terms
from ..bullet import Bullet
from ..embed import Vectors
from ..filters import LISTS
from .text_features import TextFeatures, text_features

__all__ = ["AnalysedBullet", "analyse_bullet", "label_key"]


@dataclass(frozen=True, slots=True)
class AnalysedBullet:
    """A bullet, ready to be written into a slot."""

    bullet: Bullet
    vector: Vectors | None
    """Of the text as a whole, shape (dimensions,)."""
    passages: Vectors | None
    """Of its passages, shape (m, dimensions)."""
    terms: list[str]
    label_keys: list[str]
    """Keys of its tags, tools and entities, see `label_key`."""
    features: TextFeatures


def analyse_bullet(bullet: Bullet, vector: Vectors | None, passages: Vectors | None) -> AnalysedBullet:
    """Compute what the index keeps of a bullet."""
    speaker = bullet.actor_id
    # The speaker's name is searched as part of the text: "Ann: I moved to Rome" answers where Ann lives.
    text = bullet.text if speaker is None or speaker.casefold() in ROLE_NAMES else f"{speaker} {bullet.text}"
    keys = {label_key(label) for field in _labels(bullet) for label in field}
    return AnalysedBullet(
        bullet, vector, passages, terms(text), sorted(keys - {""}), text_features(bullet.text)
    )


_labels = attrgetter(*LISTS)


def label_key(label: str) -> str:
    """The stemmed terms of a label: labels that differ only in their form have the same key."""
    return " ".join(terms(label))
