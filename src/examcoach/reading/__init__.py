"""Pasted text -> questions. Pure functions: nothing is read, printed or remembered.

`cleaning` turns what people paste into plain lines that know where they came from, `shapes` says
what a single line looks like (a label, a key, a heading), `layout` decides which of those lines
are options, and `questions` puts questions together.
"""

from examcoach.reading.cleaning import clean
from examcoach.reading.questions import read_questions
from examcoach.reading.shapes import choose_of, labels_in

__all__ = ["choose_of", "clean", "labels_in", "read_questions"]
