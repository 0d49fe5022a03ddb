"""The README of the benchmarks knows all contenders, and names files that exist."""

import re

from benchmarks import ROOT
from benchmarks.contenders import CONTENDERS

FOLDER = ROOT / "benchmarks"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_table_of_contenders_is_the_list_of_contenders():
    section = TEXT.split("\n## Contenders\n")[1].split("\n### ")[0]
    named = re.findall(r"^\| ([^|]+) \| [^|]+ \|$", section, re.M)[1:]
    assert named == list(CONTENDERS), "in the order in which the tables print them"


def test_what_is_named_is_there():
    links = {link for link in re.findall(r"\]\(([^)#]+)", TEXT) if "://" not in link}
    assert [link for link in links if not (FOLDER / link).exists()] == []
    files = set(re.findall(r"`((?:studies|contenders)/\w+\.py)`", TEXT))
    assert [file for file in files if not (FOLDER / file).exists()] == []
