"""The tests of the reference, the lessons that grade any package, and what runs and explains these."""
