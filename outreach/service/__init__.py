"""Service: the process that stays, and wakes the same tick that cron would."""
