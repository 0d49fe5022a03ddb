"""The learner's desk: the command, the board, and all that is printed or written down."""
