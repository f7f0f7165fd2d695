"""Floor 3: entitlements, funding, payments and corrections; lines are only ever added."""
