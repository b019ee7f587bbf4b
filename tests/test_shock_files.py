"""Files of shocks: what they may hold, and that errors name file, line and key."""

from pathlib import Path

import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ShockError
from tradeshock.forecast import scenario
from tradeshock.forecast.scenarios import Move, find_shock, read_shocks
from tradeshock.models import BayesianVAR

GOOD = """\
[mild]
title = "Mild"
carrier = "chips"
expected = "down"

[[mild.moves]]
series = "exports_semiconductors_ict"
to = -0.10
over = 3
[[mild.moves]]
series = "us_ip"
to = -0.01

[steel]
carrier = "exposure"
hits = [
    { of = "exports_steel", rate = 50.0, share_hit = 0.13, source = "mine" },
    { of = "exports_auto_parts", rate = 25, elasticity = 1.2, pass_through = 0.5, first_month = 0.2, source = "mine" },
]
"""  # noqa: E501


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_ones_own(panel: Panel, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    shocks = read_shocks(path)
    assert list(shocks) == ["mild", "steel"]
    assert shocks["mild"].moves[0] == Move("exports_semiconductors_ict", to=-0.1, over=3)
    assert [hit.rate for hit in shocks["steel"].hits] == [50.0, 25]
    assert shocks["steel"].hits[1].resolved.elasticity == 1.2
    assert find_shock("mild", path) == shocks["mild"]
    assert find_shock("won_weak", path) == read_shocks()["won_weak"]
    only = written(tmp_path, GOOD[GOOD.index("[steel]") :])
    made = scenario(panel, str(only), steps=3, model=BayesianVAR(n_draws=20))
    assert made.name == "steel"
    assert list(made.arithmetic) == ["exports_steel", "exports_auto_parts"]


@pytest.mark.parametrize(
    ("old", "new", "place", "what"),
    [
        ("to = -0.10", 'to = "a"', "line 8, mild.moves.to", "expected numbers"),
        ("to = -0.10", "to = -30", "line 8, mild.moves.to", "cannot pass -1"),
        ("over = 3", "over = 0", "line 9, mild.moves.over", "at least 1"),
        ("to = -0.01", "two = -0.01", "line 12, mild.moves.two", "unknown key"),
        ("to = -0.01", "path = [0.1, true]", "line 12, mild.moves.path", "expected numbers"),
        ("to = -0.01", 'against = "base"', "line 11, mild.moves.series", "needs one of"),
        ('"chips"', '"chip"', "line 3, mild.carrier", "expected one of chips"),
        ('title = "Mild"', "title = 3", "line 2, mild.title", "expected text"),
        ('expected = "down"', "size = 1", "line 4, mild.size", "unknown key"),
        ("rate = 50.0", 'rate = "a"', "line 17, steel.hits.rate", "expected a number"),
        ("rate = 25,", "rates = 25,", "line 18, steel.hits.rates", "unknown key"),
        ("pass_through = 0.5, ", "", "line 18, steel.hits.elasticity", "needs pass_through"),
        ('"exposure"', '"macro"', "line 15, steel.carrier", "recession"),
        ("[steel]\n", "", "line 14, mild.moves.carrier", "unknown key"),
    ],
)
def test_errors_name_file_line_and_key(
    tmp_path: Path, old: str, new: str, place: str, what: str
) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ShockError) as caught:
        read_shocks(path)
    assert f"{path}, {place}: " in str(caught.value)
    assert what in str(caught.value)


@pytest.mark.parametrize("text", ["", "[a\n", "a = 3\n", "\xff"])
def test_files_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ShockError, match=r"mine\.toml"):
        read_shocks(path)
    with pytest.raises(ShockError, match="does not open"):
        read_shocks(tmp_path / "none.toml")


def test_a_file_with_several_shocks_is_no_shock(panel: Panel, tmp_path: Path) -> None:
    with pytest.raises(ShockError, match="holds 2 shocks: mild, steel"):
        scenario(panel, written(tmp_path, GOOD))
