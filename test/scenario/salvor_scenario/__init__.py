"""Runs restore scenarios that are written as data: what there is, what is restored, what must come of it."""
