"""Floor 4: bytes out; records become sheets and bank files, byte for byte the same each time."""
