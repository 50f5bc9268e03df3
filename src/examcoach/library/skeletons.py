"""What `examcoach patterns new` prints: a pattern of each kind that loads once it is filled in."""

from __future__ import annotations

_TEXT_EXAMPLES = """\
  fires: ["A sentence with [[the words]] that it finds."]
  silent: ["A near miss, in which it must find nothing."]
"""
_RULE_EXAMPLES = """\
  because: One sentence for the learner, with the reason.
  source: The document that settles it
  fires:
    - stem: A short situation in which it holds.
      option: An option with [[the words]] that decide.
  silent:
    - stem: A situation in which it does not hold.
      option: The same option.
"""

SKELETONS = {
    "trait": "  about: a property of concepts or situations\n",
    "need": "  topic: storage\n  about: the capability\n  phrases: [the words]\n" + _TEXT_EXAMPLES,
    "concept": "  kind: service\n  topic: storage\n  names: [the words]\n  is: [managed]\n"
    "  does: []\n  never: []\n  about: What it is, and what it is not.\n"
    "  source: The document that settles it\n" + _TEXT_EXAMPLES,
    "cue": "  phrases: [the words]\n  hides: operations\n  requires: what the words imply\n"
    "  implies: []\n" + _TEXT_EXAMPLES,
    "play": "  topic: storage\n  when: {}\n  option: {words: [the words]}\n  weight: normal\n"
    + _RULE_EXAMPLES,
    "trap": "  type: overkill\n  topic: storage\n  when: {}\n  option: {words: [the words]}\n"
    "  weight: normal\n" + _RULE_EXAMPLES,
    "formula": "  topic: evaluation\n  asks: {words: [what the question wants to know]}\n"
    "  operands: {part: number, whole: samples}\n  result: [part / whole]\n"
    "  given: {number: 1, percent: 100}\n"
    "  below: {type: bad-ml, because: Why less is wrong.}\n"
    "  above: {type: bad-ml, because: Why more is wrong.}\n  slips: []\n"
    "  because: One sentence for the learner, with the rule of calculation.\n"
    "  source: The document that settles it\n"
    "  fires:\n    - stem: A situation with its numbers, and what is asked.\n"
    '      options: ["[[0.5]]", "0.7"]\n'
    "  silent:\n    - stem: The same numbers, where something else is asked.\n"
    '      options: ["0.5", "0.7"]\n',
    "case": "  topic: storage\n  stories:\n"
    "    - One way to tell the situation, with [[the words]] that decide.\n"
    "    - Another, in other words.\n  decides: operations\n  answers:\n"
    "    - The right option, worded as options are.\n    - The same in other words.\n"
    "  because: One sentence for the learner, with the reason.\n  insteads:\n"
    "    - {option: What tempts, type: overkill, because: Why it is wrong here.}\n"
    "  source: The document that settles it\n",
    "modifier": "  about: what it does to the words near it\n  effect: negated\n"
    "  direction: forward\n  phrases: [the words]\n" + _TEXT_EXAMPLES,
    "quantity": "  about: what it measures\n  units: {unit: 1}\n" + _TEXT_EXAMPLES,
}


def skeleton(kind: str, name: str) -> str:
    """A pattern of `kind` with the id `name`, as YAML to fill in."""
    return f"- {kind}: {name}\n{SKELETONS[kind]}"
