"""Drill, mock exam and progress: what is asked next, how it is marked, and what it tells.

Everything here but `store`, `analysis` and `memory` is pure: clock, randomness and paths are
arguments.
"""
