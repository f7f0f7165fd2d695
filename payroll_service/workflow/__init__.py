"""Floor 5: one use case a file, each of them load, act, save."""
