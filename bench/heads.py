"""What a stem states and implies, and what a question is about, learned from questions with gold.

Both are one layer over the vectors that cases taught (`affinity.py`): the vectors know the field,
a few thousand questions know how such constraints and domains are told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from learning import Adam, Array

from examcoach.affinity import UNSAID
from examcoach.network import Floats, Layer

Bools: TypeAlias = npt.NDArray[np.bool_]
STEPS, RATE = 400, 0.02
PULL_CONSTRAINTS, PULL_TOPICS = 0.045, 0.027
"""What half the square of a weight costs, of features that deviate by one, against the surprise of
one question: least surprise on questions left out."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What each question gives to learn from: questions by features, by categories, by topics.

    `domain` is the place of its domain, -1 where gold has none.
    """

    gist: Floats
    constraints: Bools
    subject: Floats
    said: Floats
    domain: npt.NDArray[np.int64]

    def __getitem__(self, some: Bools) -> Questions:
        """Some of them."""
        return Questions(
            self.gist[some],
            self.constraints[some],
            self.subject[some],
            self.said[some],
            self.domain[some],
        )


def learn_constraints(seen: Questions) -> Layer:
    """Under which what gold has is likeliest: a logistic regression for each category."""
    right = seen.constraints

    def slope(totals: Array) -> Array:
        return np.asarray(1.0 / (1.0 + np.exp(-totals)) - right)

    return _learn(seen.gist, slope, right.shape[1], PULL_CONSTRAINTS)


def learn_topics(seen: Questions, owner: Bools) -> Layer:
    """Under which the domain of gold has the topics that are likeliest, taken together.

    `owner` tells which domain each topic belongs to: topics by domains.
    """
    seen = seen[seen.domain >= 0]
    base = np.log(seen.said + UNSAID)
    of_domain = owner.T[seen.domain].astype(np.float32)

    def slope(totals: Array) -> Array:
        shares = _shares(totals + base)
        there = shares * of_domain
        return np.asarray(shares - there / (there.sum(1, keepdims=True) + 1e-9))

    return _learn(seen.subject, slope, len(owner), PULL_TOPICS)


def domains(seen: Questions, layer: Layer, owner: Bools) -> Floats:
    """How likely each domain is: questions by domains."""
    return np.asarray(_shares(layer(seen.subject) + np.log(seen.said + UNSAID)) @ owner)


def _learn(features: Floats, slope: Callable[[Array], Array], labels: int, pull: float) -> Layer:
    """The layer for which what `slope` makes of its totals vanishes, drawn towards nothing."""
    spread = features.std(0) + np.float32(1e-6)
    scaled = features / spread
    count = np.float32(len(features))
    adam = Adam({"rows": np.zeros((features.shape[1], labels)), "base": np.zeros(labels)})
    for _ in range(STEPS):
        rows = adam.values["rows"]
        wrong = slope(scaled @ rows + adam.values["base"]) / count
        adam.step()
        adam.move("rows", scaled.T @ wrong + pull * rows, RATE)
        adam.move("base", wrong.sum(0), RATE)
    return Layer(adam.values["rows"] / spread[:, None], adam.values["base"])


def _shares(totals: Array) -> Array:
    powers = np.exp(totals - totals.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))
