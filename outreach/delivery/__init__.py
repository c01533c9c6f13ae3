"""Delivery: the ledger, claiming what may leave, handing it to a channel, and recording what came of it."""
