"""Floor 2: a program, a snapshot and a period give an outcome, by two evaluators that must agree."""
