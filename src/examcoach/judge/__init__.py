"""Options against a situation: fits, traps, the pick, and what decides.

`options` reads each option, `reasons` finds what patterns say of it, `weighing` puts that together
with cases and vectors and picks; `telling` says why, `deciding` which constraint decides,
`proposing` what to build, `topics` what the question is about. `judge` puts them in order.

The weights are data (``patterns/weights.yaml``) and only rank; the reasons stand on their own.
"""
