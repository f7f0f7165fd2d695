"""Floor 4: proof; what a run claims is shown from records alone, without a database."""
