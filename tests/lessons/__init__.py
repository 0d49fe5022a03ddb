"""The lessons: what each function of a package must do, in the order in which they are written."""
