"""Puts the rooms together: starts processes and threads, reads the clock, and is the command line."""
