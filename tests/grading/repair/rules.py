"""The catalogue: slips that can be written as one expression for another.

A line has its cost, the kinds of value that what stands there may have, and the rule, read by patterns.py.
Costs: about 1 for a slip of one token, 1.5 for another function or factor, 2 for what mends much by chance.
"""

from .patterns import read
from .rules_of_conditions import CONDITIONS

EXPRESSIONS = read(
    """
[operator]
1.1 any  A ^ B -> A ** B
1.1 any  A + B -> A - B
1.5 any  A + B -> A * B
1.5 any  A + B -> A / B
1.1 any  A - B -> A + B
1.5 any  A - B -> A * B
1.5 any  A - B -> A / B
1.1 any  A * B -> A / B
1.5 any  A * B -> A + B
1.5 any  A * B -> A - B
1.5 any  A * B -> A @ B
1.5 array,number,?  A * B -> A ** B
1.1 any  A / B -> A * B
1.5 any  A / B -> A // B
1.5 any  A / B -> A - B
1.1 any  A // B -> A / B
1.5 any  A // B -> A % B
1.1 any  A % B -> A // B
1.1 any  A ** B -> A * B
1.1 any  A @ B -> A * B
1.1 any  A & B -> A | B
1.1 any  A | B -> A & B
1.2 any  np.dot(A, B) -> A * B
1.2 any  np.matmul(A, B) -> A * B
[sign]
1.0 array,number,int,?  X -> -X
1.0 any  -X -> X
[one minus]
1.4 array,number,int,?  X -> 1 - X
[operands exchanged]
1.0 any  A - B -> B - A
1.0 any  A / B -> B / A
1.0 any  A @ B -> B @ A
1.0 any  A ** B -> B ** A
1.0 any  A // B -> B // A
1.0 list  A + B -> B + A
1.6 any  A @ B -> A.T @ B
1.6 any  A @ B -> A @ B.T
1.8 any  A @ B -> B.T @ A
1.0 any  A.T @ B -> B.T @ A
1.2 any  A.T @ B -> B @ A.T
1.1 any  A.T @ B -> B @ A
1.0 any  A @ B.T -> B @ A.T
1.2 any  A @ B.T -> B.T @ A
1.1 any  A @ B.T -> B @ A
1.5 any  np.dot(A, B) -> np.dot(A.T, B)
1.5 any  np.dot(A, B) -> np.dot(A, B.T)
1.5 any  np.dot(A, B) -> np.dot(B.T, A)
1.5 any  np.dot(A, B) -> np.dot(B, A.T)
1.0 any  np.dot(A.T, B) -> np.dot(B.T, A)
1.0 any  np.dot(A, B.T) -> np.dot(B, A.T)
[brackets]
1.1 any  F(A OP B) -> F(A) OP B
1.2 any  F(A OP B) -> A OP F(B)
1.1 any  F(A) OP B -> F(A OP B)
1.1 any  B OP F(A) -> F(B OP A)
1.1 any  F(A, C) OP B -> F(A OP B, C)
1.2 any  A.sum() OP B -> (A OP B).sum()
1.2 any  A.mean() OP B -> (A OP B).mean()
1.1 any  -A OP B -> -(A OP B)
1.0 any  A * B ** C // D -> A * B ** (C // D)
1.1 any  A * B ** C / D -> A * B ** (C / D)
1.0 any  B ** C // D -> B ** (C // D)
[span]
1.2 any  A + B * C -> A + (B - A) * C
[limit left out]
0.9 any  np.maximum(X) -> np.maximum(X, 0)
0.9 any  np.minimum(X) -> np.minimum(X, 0)
[operand dropped]
1.4 any  A / B * C -> A / C
1.5 any  A OP B -> A
1.5 any  A OP B -> B
1.6 any  A OP B OP C -> A
1.6 any  A OP B / C -> A
1.6 any  A / B * C -> A
1.6 any  A * B * (C - D) -> A
1.6 any  A * B * (1 - B) -> A
1.7 any  A * B * (1 - B) / C -> A / C
1.7 any  A * (B * (1 - B)) / C -> A / C
[numerator]
1.3 any  1 / B -> V / B
1.3 any  1.0 / B -> V / B
[transpose]
1.1 array  X -> X.T
1.0 any  X.T -> X
[power]
1.4 array  X -> X ** 2
1.3 number,int  X -> X ** 2
[root]
1.4 array  X -> np.sqrt(X)
1.4 number,int  X -> math.sqrt(X)
[root of a quotient]
1.3 number,int  A / B -> np.sqrt(A / B)
[square of a norm]
1.2 any  np.linalg.norm(X) -> np.linalg.norm(X) ** 2
[function added]
1.5 array  X -> np.abs(X)
1.6 array  X -> np.exp(X)
1.6 array  X -> np.log(X)
1.9 number,int  X -> abs(X)
[limit]
1.5 array  X -> np.minimum(X, 0)
1.7 array  X -> np.maximum(X, 0)
1.7 array  X -> -np.abs(X)
[factor]
1.4 array,number,int,?  X -> 2 * X
1.4 array,number,int,?  X -> X / 2
1.8 number,int  X -> 3 * X
[factor in scope]
1.6 number,int,array,?  X -> X * S
1.6 number,int,array,?  X -> X / S
1.9 number,int,array,?  X -> X * (1 - S)
1.9 number,int,array,?  X -> X / (1 - S)
1.7 array,?  X -> X * V
2.1 array,?  X -> X / V
2.2 array,?  X -> X @ V
[term in scope]
1.9 number,int,array,?  X -> X - S
1.9 number,int,array,?  X -> X + S
2.3 number,int  X -> S - X
1.8 array,?  X -> X - V
1.9 array,?  X -> X + V
[shift]
1.9 array  X -> X - X.max(axis=-1, keepdims=True)
[count]
1.7 array  X -> X / len(X)
1.7 array  X -> X * len(X)
1.7 array  X -> X / X.size
1.7 array  X -> X * X.size
1.7 number,array,?  X -> X / len(P)
1.7 number,array,?  X -> X / P.size
1.8 number,array,?  X -> X * len(P)
1.9 number,array,?  X -> X * P.size
[number of rows or entries]
1.0 any  X.size -> len(X)
1.2 any  X.size -> X.shape[-1]
1.0 any  len(X) -> X.size
1.2 any  len(X) -> X.shape[1]
1.0 any  X.shape[N] -> X.size
[sum]
1.6 array  X -> X.sum(axis=0)
1.7 array  X -> X.sum(axis=-1, keepdims=True)
1.7 array  X -> X.sum()
1.7 array  X -> X.mean()
[copy]
1.5 array,?  X -> X.copy()
1.3 list  X -> [v.copy() for v in X]
1.2 any  X.copy() -> [v.copy() for v in X]
1.2 any  X[:] -> [v.copy() for v in X]
1.2 any  list(X) -> [v.copy() for v in X]
[one object many times]
1.3 any  [X] * N -> [X for _ in range(N)]
[converted]
1.3 array,?  X -> as_floating(X)
1.9 array  X -> X.astype(np.float64)
1.7 array  X -> X.astype(int)
1.2 number  X -> float(X)
1.9 number  X -> int(X)
2.2 number  X -> math.ceil(X)
1.6 list  X -> list(X)
1.7 list  X -> tuple(X)
1.7 list  X -> iter(X)
1.8 list  X -> np.array(X)
[dtype]
2.2 array,?  X -> X.astype(P.dtype)
1.7 array,?  X -> X.astype(dtype)
1.6 array,?  X -> X.astype(self.dtype)
1.3 any  np.asarray(X) -> as_floating(X)
1.3 any  np.array(X) -> as_floating(X)
[shape]
1.7 array  X -> X[:, None]
2.0 array  X -> X.ravel()
2.0 array,?  X -> X.reshape(P.shape)
1.2 any  F(A, B) -> F((A, B))
1.2 any  F(A, B, C) -> F(A, (B, C))
[mask]
1.9 array,?  X -> X * (P > 0)
[one off]
1.5 array  X -> X - 1
1.6 array  X -> X + 1
1.3 int  X -> X + 1
1.3 int  X -> X - 1
[inverse]
1.7 array,number,int  X -> 1 / X
[negated]
1.6 array  X -> ~X
1.2 bool  X -> not X
1.0 any  not X -> X
[order]
1.5 list  X -> X[::-1]
2.0 array  X -> X[::-1]
1.4 any  X.append(Y) -> X.insert(0, Y)
1.4 any  X.insert(0, Y) -> X.append(Y)
1.5 list,?  X + Y -> [v for pair in zip(X, Y) for v in pair]
[every second]
1.4 list  X -> X[::2]
1.6 list  X -> X[1::2]
1.2 any  X[1::2] -> X[::2]
1.2 any  X[::2] -> X[1::2]
[range]
1.7 list  X -> X[:-1]
1.7 list  X -> X[1:]
1.5 any  range(X) -> range(len(P))
1.6 any  range(X) -> range(len(V))
1.6 any  range(X) -> range(len(L))
1.4 any  range(X) -> range(1, X)
1.4 any  range(X) -> range(X - 1)
1.4 any  range(X) -> range(X + 1)
1.4 any  range(X) -> range(1, X + 1)
1.4 any  range(X) -> range(X - 1, -1, -1)
1.4 any  range(X) -> range(X - 1, 0, -1)
1.4 any  range(X) -> range(0, X, 2)
1.3 any  range(X, Y) -> range(Y)
1.3 any  range(X, Y) -> range(X + 1, Y)
1.3 any  range(X, Y) -> range(X - 1, Y)
1.3 any  range(X, Y) -> range(X, Y + 1)
1.3 any  range(X, Y) -> range(X, Y - 1)
1.3 any  range(X, Y, Z) -> range(X + 1, Y, Z)
1.3 any  range(X, Y, Z) -> range(X - 1, Y, Z)
1.3 any  range(X, Y, Z) -> range(X, Y + 1, Z)
1.3 any  range(X, Y, Z) -> range(X, Y - 1, Z)
1.5 any  range(X) -> reversed(range(X))
1.3 any  reversed(X) -> X
1.6 any  zip(X, Y) -> zip(reversed(list(X)), Y)
1.6 any  zip(X, Y) -> zip(X, reversed(list(Y)))
[entry of each row]
1.1 any  X[:, I] -> X[np.arange(len(I)), I]
1.3 any  X[I] -> X[np.arange(len(I)), I]
[index]
1.7 any  X[Y] -> X
1.7 array,list  X -> X[S]
1.4 any  X[Y] -> X[Y + 1]
1.4 any  X[Y] -> X[Y - 1]
1.4 any  X[Y] -> X[:, Y]
1.4 any  X[Y] -> X[Y:]
1.4 any  X[Y] -> X[:Y]
[division by nothing]
1.7 array,?  A / B -> A / np.where(B == 0, np.inf, B)
1.7 array,?  A / B -> A / np.where(B == 0, 1, B)
1.9 number  A / B -> A / B if B else 0.0
[rounded up]
1.4 any  A // B -> math.ceil(A / B)
1.5 any  A // B -> -(-A // B)
[generator]
1.0 any  np.random -> rng
1.0 any  np.random.randn(A, B) -> rng.standard_normal((A, B))
1.0 any  np.random.rand(A, B) -> rng.random((A, B))
1.0 any  np.random.randn(X) -> rng.standard_normal(X)
1.0 any  np.random.rand(X) -> rng.random(X)
1.0 any  np.random.rand(*X) -> rng.random(X)
1.0 any  np.random.randn(*X) -> rng.standard_normal(X)
[one or nothing in its place]
1.5 number,int  X -> 1
1.8 number,int  X -> 0
[calls exchanged]
1.6 any  F(G(A)) -> G(F(A))
1.6 any  F(G(A), B) -> G(F(A, B))
1.6 any  F(G(A), B, C) -> G(F(A, B, C))
1.6 any  G(F(A, B, C)) -> F(G(A), B, C)
"""
    + CONDITIONS
)
