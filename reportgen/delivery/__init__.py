"""Hands a note on: so far, to the browser of whoever writes it."""
