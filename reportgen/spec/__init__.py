"""Takes the TOML and prose of a publication, gives frozen specifications, or every problem at once."""
