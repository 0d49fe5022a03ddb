"""The messages of exceptions and warnings: where in a learner's file they arise, and what they mean."""
