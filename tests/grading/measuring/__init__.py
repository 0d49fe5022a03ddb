"""Measuring: what the diagnosis says of programs that learners wrote, beside what a teacher says of them."""
