"""Floor 3: who may act: roles, accounts, passwords, tokens. Plain rules; what is stored about them is in the store."""
