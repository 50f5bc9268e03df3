"""Every accepted file format <-> Scenario.

`files` recognises a format and reads it, `records` says what a record must be; `encoded`,
`json_text`, `yaml_text` and `tables` read what their names say.
"""
