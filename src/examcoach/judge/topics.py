"""What a question is about: the topics of its patterns and cases -> a domain of the exam."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from examcoach.affinity import Affinity
from examcoach.judge.weighing import Recalled, Weighed
from examcoach.library.engine import Engine
from examcoach.model import Domain
from examcoach.situation import Situation


class Topics:
    """Tells what stem and options are about."""

    def __init__(self, engine: Engine, affinity: Affinity | None) -> None:
        self._finders = engine.finders
        self._affinity = affinity

    def __call__(
        self,
        situation: Situation,
        weighed: Weighed,
        recalled: Recalled,
        exam: Mapping[str, object],
    ) -> Domain | None:
        """The domain of `exam`, a pack, that the question is about; None if nothing tells."""
        likely = self.said(situation, weighed, recalled)
        if likely and self._affinity:
            likely = self._affinity.likely_topics(
                weighed.stem, weighed.offered, weighed.chosen, likely
            )
        domains = {
            domain: sum(likely.get(topic, 0.0) for topic in sorted(topics))
            for domain, topics in domain_topics(exam).items()
        }
        total = sum(domains.values())
        if not total:
            return None
        best = max(sorted(domains), key=domains.__getitem__)
        return Domain(best, round(domains[best] / total, 3))

    def said(self, situation: Situation, weighed: Weighed, recalled: Recalled) -> dict[str, float]:
        """How much is said of each topic; nothing where words alone would tell.

        Those who say are the patterns that the stem has, and those of the options, what cases alike
        are about, and what the words of stem and options are learned to be about: each in parts
        that add up to one.
        """
        options = [{m.finder for m in reading.mentions} for reading in weighed.readings]
        found = [
            self._shares_of(m.finder for m in situation.mentions),
            self._shares_of(number for some in options for number in some),
            recalled.heard.topics,
        ]
        if not any(found):
            return {}
        if self._affinity:
            found.append(self._affinity.told_topics(weighed.stem))
            if weighed.readings:
                found.append(self._affinity.offered_topics(weighed.offered))
        said: Counter[str] = Counter()
        for shares in found:
            said.update(shares)
        return dict(said)

    def _shares_of(self, finders: Iterable[int]) -> dict[str, float]:
        counts = Counter(topic for number in finders if (topic := self._finders[number].topic))
        total = sum(counts.values())
        return {topic: count / total for topic, count in counts.items()}


def domain_topics(exam: Mapping[str, object]) -> dict[str, set[str]]:
    """The topics of each domain of an exam pack."""
    domains = exam.get("domains")
    if not isinstance(domains, Mapping):
        return {}
    return {
        name: {topic for task in domain["tasks"].values() for topic in task["topics"]}
        for name, domain in domains.items()
    }
