"""The command line's scenarios: what they print, write and refuse."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from matplotlib.image import imread

from tradeshock.features import Panel
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.scenarios import read_shocks
from tradeshock.models.paths import chance_words

QUICK = ("--model", "RandomWalk", "--steps", "8")


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["scenario", *map(str, arguments)])
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: str | Path) -> str:
    result = CliRunner().invoke(main, ["scenario", *map(str, arguments)])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_list_and_show_say_what_is_assumed() -> None:
    listed = run("list").stdout
    for name, shock in read_shocks().items():
        assert name in listed
        assert shock.title in listed
        assert shock.source in run("show", name).stdout
    assert (
        "exports_passenger_cars: 25 %, 15 % before" in run("show", "us_tariff_cars_15_to_25").stdout
    )


def test_a_run_prints_and_writes_the_same(tmp_path: Path) -> None:
    result = run("run", "memory_oversupply", *QUICK, "--size", "-0.2", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "scenario.csv")
    content = json.loads((tmp_path / "scenario.json").read_text(encoding="utf-8"))
    assert [row["difference"] for row in content["months"]] == pytest.approx(
        table["difference"].tolist()
    )
    assert "exports_semiconductors_ict 20 % below the baseline in 6 months" in result.stdout
    assert f"{table['difference'].iloc[-1] / 1000.0:+.1f}" in result.stdout
    assert "instead of" in result.stdout
    far = content["plausibility"]
    assert 0.0 < far["tail"] < 0.5
    assert far["tail"] < far["joint_share"]
    assert far["score"] < 0.0
    month = pd.Period(far["month"], "M").strftime("%B %Y")
    plain = " ".join(result.stdout.split())
    tail, joint = chance_words(far["tail"]), chance_words(far["joint_share"])
    where = f"{tail} of the model's own draws have {far['series']} as low in {month}"
    assert f"Plausibility {where}, furthest out of 8 assumed values" in plain
    assert f"Jointly {joint} of draws are as far out by the joint distance of all 8" in plain
    assert imread(tmp_path / "scenario.png").shape[2] == 4


@pytest.mark.parametrize("by", ["chips", "item", "destination"])
def test_the_parts_that_are_printed_add_up_to_what_is_printed_of_the_total(by: str) -> None:
    printed = run("run", "chip_price_fall", "us_tariff_cars", *QUICK, "--by", by).stdout
    month = re.search(r"^Dec 2026 .*$", printed, re.MULTILINE)
    footer = re.search(r"^In December 2026, bn USD: (.*)\.$", printed, re.MULTILINE)
    assert month is not None
    assert footer is not None
    *parts, total = map(float, re.findall(r"\(([+-][\d.]+)\)", footer[1]))
    assert len(parts) > 1
    # Each figure is rounded to a tenth.
    assert sum(parts) == pytest.approx(total, abs=0.05 * (len(parts) + 1) + 1e-9)
    assert total == float(month[0].split()[4])


def test_the_title_has_the_size_that_was_run() -> None:
    result = run("run", "us_tariff_cars", *QUICK, "--size", "15")
    assert "US tariff of 15 % on cars, none before: Exports (KR)" in result.stdout
    assert "25 %" not in result.stdout
    said = refused("run", "us_tariff_cars", *QUICK, "--size", "0.15")
    assert "whose size is a tariff in per cent: that is 0.15 %; give 15 if you mean 15 %" in said


def test_size_nought_is_the_baseline() -> None:
    assert "No shock" in run("run", "won_weak", *QUICK, "--size", "0").stdout


def test_shocks_stack_and_compare(tmp_path: Path) -> None:
    both = run("run", "memory_oversupply", "us_tariff_cars", *QUICK, "--as-of", "2026-04-21").stdout
    assert "Memory oversupply, mild + US tariff" in both
    assert "figures of 21 April 2026" in both
    up, down = ("--up", "ai_boom_goes_on"), ("--down", "ai_boom_fades", "--down", "us_tariff")
    printed = run("compare", *up, *down, *QUICK, "--threshold", "900", "--out", tmp_path).stdout
    assert "Chance of more than 900 bn USD: baseline" in printed
    assert list(pd.read_csv(tmp_path / "comparison.csv"))[6:9] == ["baseline", "up", "down"]
    assert {p.name for p in tmp_path.iterdir()} == {
        "comparison.csv", "comparison.png", "up.json", "down.json",
    }  # fmt: skip


def test_errors_are_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[a]\ncarrier = "chips"\n[[a.moves]]\nseries = "usdkrw"\nto = "x"\n')
    assert f"{path}, line 5, a.moves.to" in refused("run", "a", "--file", path)
    assert "there is no shock 'b'" in refused("show", "b")
    assert "a size speaks of one shock" in refused("run", "won_weak", "oil_up", "--size", "0.1")
    assert "neither up nor down" in refused("compare")


def test_a_balance_has_no_per_cent(tmp_path: Path, panel: Panel) -> None:
    exports, imports = panel.series("exports_total"), panel.series("imports_total")
    balance = (exports - imports).dropna().rename("balance")
    assert balance.min() < 0.0
    file = tmp_path / "balance.csv"
    balance.rename_axis("month").to_csv(file)
    given = ("--csv", file, "--release-after", "15", "--transform", "level", "--global-drivers")
    for command, names in (
        ("run", ("oil_up",)),
        ("compare", ("--up", "oil_up", "--down", "us_recession")),
    ):
        printed = run(command, *names, *given, "--steps", "3").stdout
        assert re.search("^Month .*baseline", printed, re.MULTILINE)
        assert not re.search("nan|y/y|in %", printed)
    run("run", "oil_up", *given, "--steps", "3", "--out", tmp_path)
    table = pd.read_csv(tmp_path / "scenario.csv")
    assert table[["difference_pct", "yoy", "yoy_baseline"]].isna().all(axis=None)
    assert table["difference"].notna().all()


def test_a_target_is_named_where_figures_are_several(tmp_path: Path, panel: Panel) -> None:
    own = panel.values[["exports_to_us", "exports_to_china", "us_ip"]].rename(
        columns={"exports_to_us": "machines", "exports_to_china": "cars"}
    )
    file = tmp_path / "several.csv"
    own.dropna().rename_axis("month").to_csv(file)
    given = ("--csv", file, "--release-after", "15", "--model", "BayesianVAR", "--steps", "3")
    assert "say which series to forecast" in refused("run", "us_recession", *given)
    cases = ("--up", "us_recession", "--down", "us_recession")
    for command, names in (("run", ("us_recession",)), ("compare", cases)):
        printed = {
            target: run(command, *names, *given, "--target", target).stdout
            for target in ("machines", "cars")
        }
        assert all(f"{target}, figures of" in text for target, text in printed.items())
        tables = [text.partition("\nMonth")[2] for text in printed.values()]
        assert tables[0] != tables[1]


@pytest.mark.parametrize("shock", ["memory_oversupply", "us_tariff"])
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("exports_to_us", "exports_to_us is itself a part of exports_total"),
        ("exports_semiconductors_ict", "_ict is itself a part of exports_total"),
        ("imports_total", "is a part of exports_total, and not one of imports_total"),
    ],
)
def test_what_has_no_parts_takes_no_shock_to_parts(shock: str, target: str, message: str) -> None:
    said = refused("run", shock, *QUICK, "--target", target)
    assert message in said
    assert "use a shock that moves drivers, such as us_recession" in said
