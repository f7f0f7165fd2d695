"""Performance pay for education bureaus: from a clerk's workbook to payouts that can be proved."""
