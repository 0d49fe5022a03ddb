"""Judging: how a package is run against the lessons, and what came of it."""
