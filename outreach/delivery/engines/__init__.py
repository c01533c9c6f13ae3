"""Who sends what dispatch lets go: this process, or worker processes on many machines, woken by procrastinate's jobs.

The ledger is the truth in both cases, and `send_dispatched` the one way in which anything leaves. A job only wakes: it
names no delivery, so that one too many, one too few or one twice changes nothing that is sent.
"""
