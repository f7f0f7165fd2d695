"""The language of rule sets: reader, grammar, types and units, checker, compiled program."""

from rules.language.check import LANGUAGE, load_rule_set
from rules.language.mistakes import RuleProblem, RuleSetError

__all__ = ["LANGUAGE", "RuleProblem", "RuleSetError", "load_rule_set"]
