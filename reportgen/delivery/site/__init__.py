"""The site: takes the editions that clients may see, gives every file of it by its path.

`nouns` says what goes in and out, `tree` joins the parts: `reading` (note and ledger), `history` (a number
over all editions), `pages`, `search`, `feeds`, `metadata`. Nothing here draws, or knows the archive.
"""
