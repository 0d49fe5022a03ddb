"""Readers: they turn IDX and CSV files into arrays; if a file is damaged, the error names the place."""

import csv
import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path

import numpy as np

PIXELS = 784  # a CSV row holds a label and 28 x 28 pixels


def find_idx(folder, name):
    """Return the path of the IDX file ``name`` in ``folder``, gzipped or not; None if there is none."""
    for candidate in (name, f"{name}.gz", name.replace("-idx", ".idx"), f"{name.replace('-idx', '.idx')}.gz"):
        path = Path(folder) / candidate
        if path.is_file():
            return path
    return None


def read_idx(path, *, dimensions, md5=None):
    """Return the unsigned bytes of an IDX file as an array of ``dimensions`` dimensions.

    path: a name that ends in .gz means a gzipped file. md5: the hex digest that the uncompressed file must
    have. Raises ValueError, naming the file, for damaged compression, a wrong magic number, a length that
    does not fit the header, or a different digest.
    Source: the description of the format on the MNIST home page of LeCun, Cortes and Burges.
    """
    content = Path(path).read_bytes()
    if Path(path).suffix == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{path}: damaged gzip file ({error})") from error
    header = 4 * (1 + dimensions)
    if len(content) < header:
        raise ValueError(f"{path}: {len(content)} bytes are too few for the header of {header}")
    magic, *shape = struct.unpack(f">{1 + dimensions}I", content[:header])
    expected = 0x0800 + dimensions  # 08 stands for unsigned bytes, the last byte for the number of dimensions
    if magic != expected:
        raise ValueError(f"{path}: magic number {magic} at byte 0; expected {expected}")
    if len(content) - header != math.prod(shape):
        raise ValueError(
            f"{path}: the header promises {' x '.join(map(str, shape))} bytes of data, "
            f"{math.prod(shape)} in all; found {len(content) - header}"
        )
    if md5 is not None and (found := hashlib.md5(content, usedforsecurity=False).hexdigest()) != md5:
        raise ValueError(f"{path}: MD5 {found}; expected {md5}: the file was altered")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def read_csv(path):
    """Return ``(pixels, labels)`` of a CSV file with a header line, a ``label`` column and 784 pixel columns.

    pixels: uint8 (n, 784), labels: int64 (n,).
    Raises ValueError, naming file and line, for missing columns, ragged or non-numeric rows, pixels outside
    0..255 and labels outside 0..9.
    """
    path = Path(path)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            columns = [name.strip() for name in next(reader, [])]
            is_empty = not any(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: not a CSV text file ({error})") from error
    if columns.count("label") != 1 or len(columns) != 1 + PIXELS:
        raise ValueError(
            f"{path}, line 1: expected a 'label' column and {PIXELS} pixel columns; "
            f"got {len(columns)} columns, {columns.count('label')} named 'label'"
        )
    if is_empty:
        raise ValueError(f"{path}: no rows below the header")
    try:
        table = np.loadtxt(
            path, np.int32, delimiter=",", skiprows=1, ndmin=2, comments=None, encoding="utf-8-sig"
        )
    except (ValueError, OverflowError) as error:
        raise ValueError(_first_fault(path, len(columns)) or f"{path}: {error}") from error
    if table.shape[1] != len(columns):
        raise ValueError(_first_fault(path, len(columns)))
    at = columns.index("label")
    labels, pixels = table[:, at].astype(np.int64), np.delete(table, at, axis=1)
    if (bad := np.flatnonzero((labels < 0) | (labels > 9))).size:
        raise ValueError(f"{path}, row {bad[0] + 1}: label {labels[bad[0]]}; expected 0..9")
    if (bad := np.argwhere((pixels < 0) | (pixels > 255))).size:
        row, pixel = bad[0]
        raise ValueError(f"{path}, row {row + 1}: pixel {pixel} is {pixels[row, pixel]}; expected 0..255")
    return pixels.astype(np.uint8), labels


def _first_fault(path, n_columns):
    """Return what is wrong with the first bad line of a CSV file, or None if every line is well-formed."""
    with open(path, newline="", encoding="utf-8-sig", errors="replace") as file:
        reader = csv.reader(file)
        next(reader, None)
        for row in reader:
            if row and len(row) != n_columns:
                return f"{path}, line {reader.line_num}: {len(row)} values; expected {n_columns}"
            for column, value in enumerate(row, 1):
                if not value.strip().lstrip("+-").isdecimal():
                    place = f"{path}, line {reader.line_num}, column {column}"
                    return f"{place}: {value!r} is not a whole number"
    return None
