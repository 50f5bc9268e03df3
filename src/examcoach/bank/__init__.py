"""The scenario bank: practice questions, sibling sets, recall decks, design briefs, baseline.

`model` is what it holds; `compiled.bank` gives it, from a cache where it can; `load` reads the
files, and `check` says what is wrong with them.
"""
