"""The ground: what a rule set means, and the rule sets themselves; nothing here calculates."""
