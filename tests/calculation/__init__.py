"""The column evaluator and the rows both evaluators work on."""
