"""The catalogue: slips in comparisons and conditions, in the form of ``rules.py``."""

CONDITIONS = """
[comparison]
1.0 any  A < B -> A <= B
1.0 any  A < B -> A > B
1.0 any  A < B -> A >= B
1.0 any  A <= B -> A < B
1.0 any  A <= B -> A >= B
1.0 any  A <= B -> A > B
1.0 any  A > B -> A >= B
1.0 any  A > B -> A < B
1.0 any  A > B -> A <= B
1.0 any  A >= B -> A > B
1.0 any  A >= B -> A <= B
1.0 any  A >= B -> A < B
1.0 any  A == B -> A != B
1.0 any  A == B -> A <= B
1.0 any  A == B -> A >= B
1.0 any  A != B -> A == B
1.0 any  A != B -> A < B
1.0 any  A != B -> A > B
1.0 any  A is B -> A is not B
1.0 any  A is not B -> A is B
1.0 any  A in B -> A not in B
1.0 any  A not in B -> A in B
1.5 any  A < B < C -> A < B
1.5 any  A < B < C -> B < C
1.0 any  A < B < C -> A <= B < C
1.0 any  A < B < C -> A < B <= C
1.0 any  A <= B <= C -> A <= B < C
1.0 any  A <= B <= C -> A < B <= C
1.0 any  A <= B < C -> A <= B <= C
1.0 any  A <= B < C -> A < B < C
[and or or]
1.0 any  A and B -> A or B
1.0 any  A or B -> A and B
1.4 any  A or B -> A | B
1.4 any  A and B -> A & B
[condition dropped]
1.4 any  A and B -> A
1.4 any  A and B -> B
1.4 any  A or B -> A
1.4 any  A or B -> B
[branches exchanged]
1.0 any  A if T else B -> B if T else A
1.0 any  np.where(T, A, B) -> np.where(T, B, A)
[branch alone]
1.8 any  A if T else B -> A
1.8 any  A if T else B -> B
[entry by entry]
1.2 any  A if T else B -> np.where(T, A, B)
1.1 any  max(A, B) -> np.maximum(A, B)
1.1 any  min(A, B) -> np.minimum(A, B)
1.3 any  max(X) -> np.max(X)
1.3 any  min(X) -> np.min(X)
1.3 any  sum(X) -> np.sum(X)
1.3 any  any(X) -> np.any(X)
1.3 any  all(X) -> np.all(X)
1.1 any  math.exp(X) -> np.exp(X)
1.1 any  math.log(X) -> np.log(X)
1.1 any  math.sqrt(X) -> np.sqrt(X)
1.1 any  math.tanh(X) -> np.tanh(X)
1.1 any  math.fabs(X) -> np.abs(X)
"""
