"""The doctor: is this installation sound, and what must be done where it is not.

What touches the world (a mail server, a resolver, a disk) only tells what it saw; what that means is judged apart from
it, by functions of what was seen.
"""
