"""The language of rule sets: reader, grammar, types and units, checker, compiled program."""
