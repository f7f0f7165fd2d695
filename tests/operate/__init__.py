"""What an operator relies on: image, logs, metrics, a graceful stop, backups."""
