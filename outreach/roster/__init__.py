"""The roster: who is entitled, what changes for them, and what they chose."""
