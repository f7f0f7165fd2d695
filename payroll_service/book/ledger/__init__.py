"""The ledger: what payees are entitled to, what was funded, what was paid, and what is owed."""
