"""Bank files: described formats, written from transfers, read back, and the banks' answers to them."""
