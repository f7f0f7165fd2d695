"""Pages rendered by the server: they work without script, load nothing from elsewhere, and fit a telephone."""
