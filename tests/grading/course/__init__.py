"""The course: what the exercises are, and where they stand in a package."""
