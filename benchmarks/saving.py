"""Saving pictures: as PNG files that are small enough for a repository."""

import io

from nn.app.files import replacing


def save(figure, path):
    """Write a figure as a sharp PNG, with few colors so that it is small enough for a repository."""
    from PIL import Image

    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=150)
    with Image.open(drawn) as picture, replacing(path) as file:
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
