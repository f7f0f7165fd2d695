"""One file a resource. Every route declares its rights (api/rights.py) and calls one use case."""
