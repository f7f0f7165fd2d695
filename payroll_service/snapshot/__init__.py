"""Floor 1: typed tables, checked and sealed; the same rows always have the same fingerprint."""
