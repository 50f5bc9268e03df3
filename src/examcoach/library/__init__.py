"""The pattern library: YAML files in, frozen patterns out.

`schema` says what each kind of pattern may contain, `yaml_source` reads YAML with places and
refuses what is unsafe, `load` gathers folders into one checked library, `phrases` compiles the
small phrase language, and `compiled` caches the result by content.
"""
