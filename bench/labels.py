"""Learn what texts tell of a label: the kind of a trap, or what decides.

Each text is the mean of the vectors of its tokens; those of all texts of an example, one beside the
other, go through one hidden layer (a deep averaging network: Iyyer et al., 2015, "Deep unordered
composition rivals syntactic methods for text classification").
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import numpy as np
from learning import Adam, Array, Bags, as_bytes, say, softmax

from examcoach.network import Floats, Ints

DIMENSIONS = 48
UNITS = 96
BATCH = 256
RATE = 2e-3
SLOWLY = 0.3
"""By what factor steps are smaller in the last epochs, where that helps."""
LEFT_OUT, IDLE = 0.4, 0.3
"""The shares of tokens and of hidden units that are left out while learning."""
SMOOTHING = 0.05
LAYERS = ("hidden", "start", "out", "base")
Labelled: TypeAlias = tuple[Sequence[Ints], int]
"""The texts of an example, as the numbers of their tokens, and its label."""


class LabelLearner:
    """A network, and one step of learning it."""

    def __init__(self, rarity: Floats, texts: int, labels: int, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        self.rarity = rarity
        wide = texts * DIMENSIONS
        normal = self.random.normal
        values: dict[str, Array] = {
            "hidden": normal(0, wide**-0.5, (wide, UNITS)),
            "start": np.zeros(UNITS),
            "out": normal(0, UNITS**-0.5, (UNITS, labels)),
            "base": np.zeros(labels),
        }
        for n in range(texts):
            values[f"text{n}"] = normal(0, 0.1, (len(rarity), DIMENSIONS))
        self.adam = Adam(values)
        self.texts = texts

    def learn(self, batch: Sequence[Labelled], rate: float) -> float:
        """One step; what it cost before."""
        values, random = self.adam.values, self.random
        told = ([texts[place] for texts, _ in batch] for place in range(self.texts))
        bags = [Bags.thinned(texts, self.rarity, LEFT_OUT, random) for texts in told]
        means = np.concatenate([b @ values[f"text{n}"] for n, b in enumerate(bags)], axis=1)
        busy = (random.random((len(batch), UNITS)) > IDLE) / (1 - IDLE)
        active = means @ values["hidden"] + values["start"]
        units = np.maximum(active, 0.0) * busy
        labels = np.array([label for _, label in batch])
        cost, slope = softmax(units @ values["out"] + values["base"], labels, SMOOTHING)
        slope = slope / len(batch)
        by_units = (slope @ values["out"].T) * busy * (active > 0)
        by_means = by_units @ values["hidden"].T
        adam = self.adam
        adam.step()
        adam.move("out", units.T @ slope, rate)
        adam.move("base", slope.sum(0), rate)
        adam.move("hidden", means.T @ by_units, rate)
        adam.move("start", by_units.sum(0), rate)
        for n, b in enumerate(bags):
            adam.move(f"text{n}", by_means[:, n * DIMENSIONS : (n + 1) * DIMENSIONS], rate, b)
        return cost

    def arrays(self, name: str) -> dict[str, Array]:
        """The network as it is kept."""
        values = self.adam.values
        rows, factor = as_bytes(np.stack([values[f"text{n}"] for n in range(self.texts)]))
        found: dict[str, Array] = {"rows": rows, "factor": factor}
        found |= {layer: values[layer] for layer in LAYERS}
        return {f"{name}_{part}": array for part, array in found.items()}


def learn_labels(
    name: str,
    learner: LabelLearner,
    draw: Callable[[np.random.Generator], Iterator[Labelled]],
    epochs: int,
    slow: int = 0,
) -> dict[str, Array]:
    """Learn from what `draw` gives, anew in each epoch; the network, as it is kept.

    In the last `slow` epochs steps are smaller.
    """
    for epoch in range(epochs):
        examples = list(draw(learner.random))
        order = learner.random.permutation(len(examples))
        rate = RATE * (SLOWLY if epoch >= epochs - slow else 1.0)
        costs = [
            learner.learn([examples[n] for n in order[start : start + BATCH]], rate)
            for start in range(0, len(order), BATCH)
        ]
        say(f"{name}, epoch {epoch + 1}: cost {np.mean(costs):.3f}")
    return learner.arrays(name)
