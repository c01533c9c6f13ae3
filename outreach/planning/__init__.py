"""Planning: who gets what, when, in what words, and who does not, and why."""
