"""The formula language: what an analyst may write in one line of TOML, and what it means."""
