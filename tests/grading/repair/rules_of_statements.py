"""The catalogue: slips that can be written as one statement for another, in the form of ``rules.py``."""

from .patterns import read

STATEMENTS = read("""
[+= to =]
1.3 any  T += X -> T = X
[in place to a new array]
1.3 any  T += X -> T = T + X
1.3 any  T -= X -> T = T - X
1.3 any  T *= X -> T = T * X
1.3 any  T /= X -> T = T / X
2.0 any  T[...] = X -> T = X
2.0 any  T[:] = X -> T = X
1.2 any  T.shape = X -> T = T.reshape(X)
[operator]
0.9 any  T += X -> T -= X
0.9 any  T -= X -> T += X
1.1 any  T *= X -> T /= X
1.1 any  T /= X -> T *= X
1.3 any  T *= X -> T += X
1.3 any  T += X -> T *= X
[order]
1.3 list,?  T += X -> T = X + T
1.1 any  A, B = X -> B, A = X
1.4 any  T[I, J] = X -> T[J, I] = X
1.7 list  return X -> return [v for W, b in zip(X[::2], X[1::2]) for v in (W, b)][::-1]
1.7 list  return X -> return [g for i in range(len(X) - 2, -1, -2) for g in X[i:i + 2]]
1.6 list  return A, X -> return A, [g for i in range(len(X) - 2, -1, -2) for g in X[i:i + 2]]
[= to +=]
1.3 any  T = X -> T += X
1.5 any  T = X -> T -= X
1.7 any  T = X -> T *= X
1.9 any  T = X -> T /= X
[a new array to in place]
1.0 any  T = T + X -> T += X
1.0 any  T = T - X -> T -= X
1.0 any  T = T * X -> T *= X
1.0 any  T = T / X -> T /= X
1.0 array,?  T = X -> T[...] = X
1.6 list  T = X -> for new, old in zip(X, T): old[...] = new
1.2 any  T[I] = X -> T[I][...] = X
1.2 any  T[I] = T[I] * X -> T[I] *= X
[index]
1.5 any  T[I] = X -> T[np.arange(len(I)), I] = X
1.5 any  T[:, I] = X -> T[np.arange(len(I)), I] = X
[column]
1.0 any  T[I] = X -> T[:, I] = X
1.0 any  T[I] += X -> T[:, I] += X
1.0 any  T[I] -= X -> T[:, I] -= X
1.0 any  T[I] *= X -> T[:, I] *= X
1.0 any  T[I] /= X -> T[:, I] /= X
[factor in the other part]
1.3 any  return A * B / C, B -> return A * B / C, B / C
1.3 any  return A * B / C, B -> return A * B / C, (B / C).astype(A.dtype)
1.3 any  return A * B * C, B -> return A * B * C, B * C
[result not kept]
1.6 any  T = F(X) -> F(X)
1.6 any  T = A.f(X) -> A.f(X)
[result dropped]
2.0 any  return X -> X
[another result]
1.8 any  return X -> return S
1.8 any  return X -> return V
1.8 any  return X -> return L
[another result added]
2.2 any  return X -> return X, S
2.2 any  return X -> return X, V
2.2 any  return X -> return X, L
""")
