"""The door for browsers and finance systems: HTTP to a use case, errors to problem details. Decides nothing."""
