"""No figure of a file is lost without a word: what cannot have a place is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.errors import PanelError

RULE = ReleaseRule.after(days=15)


def read(path: Path, **reading: Any) -> pd.DataFrame:
    return Panel.from_file(path, RULE, **reading).values


def written(folder: Path, text: str) -> Path:
    path = folder / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


# -- months across ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    ["2020-03(P)", "2020-03*", "2020-03p", "2020.03(P)", "2020-13", "2020Q1", "Total", "합계"],
)
def test_figures_below_no_month_are_refused(tmp_path: Path, heading: str) -> None:
    last = written(tmp_path, f"item,2020-01,2020-02,{heading}\nx,1,2,3\ny,1,2,\n")
    with pytest.raises(PanelError, match=rf"own\.csv: .*\['{re.escape(heading)}'\]; write"):
        read(last)
    assert read(written(tmp_path, "item,2020-01,2020-02,note\nx,1,2,new\n")).shape == (2, 1)


@pytest.mark.parametrize("heading", ["2020-01(P)", "202O-01", "Jna 2020", "2020.01p"])
def test_so_is_a_marked_first_month(tmp_path: Path, heading: str) -> None:
    with pytest.raises(PanelError, match=re.escape(f"no month as heading: ['{heading}']")):
        read(written(tmp_path, f"item,{heading},2020-02,2020-03\nx,1,2 p,3\n"))


def test_codes_in_front_of_the_months_are_labels(tmp_path: Path) -> None:
    codes = "HS6,item,2020-01,2020-02\n854231,x,1,2\n854232,y,3,4\n"
    assert read(written(tmp_path, codes)).columns.tolist() == ["854231", "854232"]
    behind = "2020-01,2020-02".join(["item,", ",code\n"]) + "x,1,2,85\ny,3,4,87\n"
    with pytest.raises(PanelError, match=r"if it names the rows, say series=\[...\]"):
        read(written(tmp_path, behind))
    assert read(written(tmp_path, behind), series="code").columns.tolist() == ["85", "87"]
