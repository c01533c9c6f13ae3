"""What comes back after a message was sent: read, understood, and settled in the ledger."""
