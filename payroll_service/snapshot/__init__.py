"""Floor 1: typed tables, checked and sealed; the same rows always have the same fingerprint.

`sealing` checks raw tables and seals them, and reads sealed bytes again; `canonical` writes these bytes; `cells` reads
one cell; `tables` says what a table is on each step of the way.
"""
