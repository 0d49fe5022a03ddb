"""A model: a trained network with the scaling of its inputs and the names of its classes, in one file.

The scaling travels with the network, so that ``load("model.npz").predict(X)`` takes pixels as they come from
the data set.
"""

import json
import zipfile
import zlib

import numpy as np

from ..network import Network
from .files import replacing

FORMAT = "nn-kata model"
VERSION = 1
SETTINGS = ("sizes", "activation", "output", "loss", "initializer", "dropout", "l2")


class Model:
    """A network that takes raw pixels and answers with labels.

    - network: a ``Network``
    - classes: the label of each class, in the order of the network's outputs; two labels for a single output
    - low, span: numbers, or one for each feature; the network's input is (x - low) / span
    - image_shape: rows and columns of the pictures that the network was trained on
    - pixel_max: the brightest value of these pictures
    - about: a dict of facts worth keeping, such as recipe, data set and seed
    """

    def __init__(self, network, *, classes, low=0.0, span=1.0, image_shape=None, pixel_max=1.0, about=None):
        self.network = network
        self.classes = np.asarray(classes)
        self.low, self.span = np.asarray(low, network.dtype), np.asarray(span, network.dtype)
        self.image_shape = None if image_shape is None else tuple(int(side) for side in image_shape)
        self.pixel_max = float(pixel_max)
        self.about = dict(about or {})
        if len(self.classes) != max(network.sizes[-1], 2):
            raise ValueError(
                f"classes must name {max(network.sizes[-1], 2)} classes; got {len(self.classes)}"
            )
        for name, values in (("low", self.low), ("span", self.span)):
            if values.shape not in ((), (network.sizes[0],)):
                raise ValueError(f"{name} must be one number or {network.sizes[0]}; got shape {values.shape}")

    def scale(self, X):
        """Return raw pixels X (n, inputs), of any numeric dtype, scaled for the network, in a new array."""
        scaled = np.array(X, dtype=self.network.dtype)
        scaled -= self.low
        scaled /= self.span
        return scaled

    def predict_proba(self, X):
        """Return the probability of every class (n, classes) for raw pixels X (n, inputs)."""
        probabilities = self.network.predict_proba(self.scale(X))
        if probabilities.shape[1] == 1:
            return np.hstack([1 - probabilities, probabilities])
        return probabilities

    def predict(self, X):
        """Return the label of each sample (n,) for raw pixels X (n, inputs)."""
        return self.classes[self.network.predict(self.scale(X))]

    def save(self, path):
        """Write the model to ``path``, an .npz file that holds only arrays and text."""
        network = self.network
        header = {
            "format": FORMAT,
            "version": VERSION,
            "network": {name: getattr(network, name) for name in SETTINGS},
            "image_shape": self.image_shape,
            "pixel_max": self.pixel_max,
            "about": self.about,
        }
        with replacing(path) as file:
            np.savez(
                file,
                header=json.dumps(header),
                params=network.params.vector,
                classes=self.classes,
                low=self.low,
                span=self.span,
            )


def load(path):
    """Return the ``Model`` saved at ``path``.

    Nothing in the file is executed.
    Raises ValueError if the file is damaged, comes from another program or has a newer format, and OSError if
    it cannot be read.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"]))
            arrays = {name: archive[name] for name in ("params", "classes", "low", "span")}
        if header["format"] != FORMAT:
            raise ValueError(f"its format is {header['format']!r}")
        version = header["version"]
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(f"{path}: not a model saved by this package, or damaged") from error
    if version != VERSION:
        raise ValueError(f"{path}: format version {version}, but this package reads version {VERSION}")
    try:
        params = arrays.pop("params")
        network = Network(dtype=params.dtype, **header["network"])
        if params.shape != network.params.vector.shape or not np.isfinite(params).all():
            raise ValueError(f"{params.size} parameters, not all finite or not those of {network.sizes}")
        network.params.vector[...] = params
        return Model(
            network,
            image_shape=header["image_shape"],
            pixel_max=header["pixel_max"],
            about=header["about"],
            **arrays,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: damaged model ({_first_line(error)})") from error


def _first_line(error):
    return (str(error).splitlines() or [type(error).__name__])[0]
