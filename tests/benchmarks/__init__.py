"""How fast, against a hand-written calculation of the same numbers."""
