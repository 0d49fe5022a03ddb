"""The diagnosis: which mistake a learner's function has, and how that is shown."""
