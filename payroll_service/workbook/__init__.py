"""Floor 4: bytes in; a received workbook becomes tables, or problems marked in the clerk's own sheet."""
