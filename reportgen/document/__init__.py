"""Takes the edition's figures, claims and exhibits, gives the note: its text, its page, its PDF."""
