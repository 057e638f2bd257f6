"""Where observations come from: one module per provider, a neutral table, the embedded snapshot."""
