"""Messages out: one outbox, several channels."""
