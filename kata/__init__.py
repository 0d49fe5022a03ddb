"""A neural network of your own: every function here is yours to write."""
