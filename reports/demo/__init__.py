"""A lively, plausible and fictional Chambéry: only the communes exist."""
