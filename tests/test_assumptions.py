"""What is assumed, from the command line and from Python into every output."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Panel
from tradeshock.features.errors import ConditionError
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.assumptions import parse_assumptions
from tradeshock.models import BayesianVAR, Conditions

MAY = ("forecast", "--as-of", "2026-05-01", "--model", "BayesianVAR", "--steps", "4")
WORDS = "us_ip 3 % below the baseline (sd 0.01) in 2026-08, usdkrw 1,550 in 2026-07"
ASSUME = ("--assume", "usdkrw:2026-07=1550", "--assume", "us_ip:2026-08=-3%~0.01")


def test_assumptions_are_read_as_written():
    made = parse_assumptions(
        ["usdkrw:2026-07=1550", "us_ip:2026-08 = -3%~0.01", "gscpi:2026-07=-0.5"]
    )
    assert made == Conditions(
        {"usdkrw": {"2026-07": 1550.0}, "gscpi": {"2026-07": -0.5}}
    ) | Conditions.relative({"us_ip": {"2026-08": -0.03}}, sd={"us_ip": 0.01})
    assert parse_assumptions([]) is None
    soft = parse_assumptions(["usdkrw:2026-07=1.55e3~0.02"])
    assert soft == Conditions({"usdkrw": {"2026-07": 1550.0}}, sd={"usdkrw": 0.02})


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ["usdkrw:2026-07=1,500"],
            "'usdkrw:2026-07=1,500' does not read; write series:month",
        ),
        (["usdkrw=1500"], "does not read"),
        (["usdkrw:2026-7=1500"], "does not read"),
        (["usdkrw:2026-07=1.5.0"], "'1.5.0' is no number"),
        (["usdkrw:2026-07=1500", "usdkrw:2026-07=+1%"], "usdkrw is assumed twice for 2026-07"),
    ],
)
def test_assumptions_that_do_not_read(texts, message):
    with pytest.raises(ConditionError, match=message):
        parse_assumptions(texts)


def test_a_plain_mapping_is_conditions(panel: Panel) -> None:
    model = BayesianVAR(n_draws=60)
    given = {"usdkrw": {"2026-07": 1550.0}}
    made = monthly_forecast(panel, "2026-05-01", model, steps=4, conditions=given)
    same = monthly_forecast(panel, "2026-05-01", model, steps=4, conditions=Conditions(given))
    np.testing.assert_array_equal(made.paths.values, same.paths.values)
    free = monthly_forecast(panel, "2026-05-01", model, steps=4)
    assert not np.allclose(made.paths.values, free.paths.values)
    none = monthly_forecast(panel, "2026-05-01", model, steps=4, conditions={})
    np.testing.assert_array_equal(none.paths.values, free.paths.values)
    assert none.conditions is None


def test_every_output_of_the_command_names_what_is_assumed(tmp_path: Path) -> None:
    def run(*more: str) -> str:
        result = CliRunner().invoke(main, [*MAY, *ASSUME, *more], catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    assert f"conditional on {WORDS}" in " ".join(run().split())
    csv = pd.read_csv(io.StringIO(run("--format", "csv")))
    assert set(csv["conditions"]) == {WORDS}
    content = json.loads(run("--format", "json"))
    assert content["conditions"] == [
        {"series": "us_ip", "month": "2026-08", "value": None, "change": -0.03}
        | {"by": "share", "relative_to": "baseline", "sd": 0.01},
        {"series": "usdkrw", "month": "2026-07", "value": 1550.0, "change": None}
        | {"by": None, "relative_to": None, "sd": 0.0},
    ]
    assert f"conditional on {WORDS}" in content["notes"]
    free = json.loads(CliRunner().invoke(main, [*MAY, "--format", "json"]).stdout)
    assert free["conditions"] == []
    assert free["months"][2]["median"] != content["months"][2]["median"]
    run("--out", str(tmp_path))
    assert WORDS in (tmp_path / "forecast.csv").read_text()
    assert "usdkrw 1,550" in (tmp_path / "forecast.svg").read_text()


@pytest.mark.parametrize("value", ["15", "-10"])
def test_nonsense_on_the_command_line_is_one_sentence(value: str) -> None:
    result = CliRunner().invoke(main, [*MAY, "--assume", f"usdkrw:2026-07={value}"])
    assert result.exit_code != 0
    assert f"got {value} for usdkrw in 2026-07" in result.output
    assert "Traceback" not in result.output


@pytest.mark.usefixtures("without_pictures")
def test_the_page_names_what_is_assumed(tmp_path: Path) -> None:
    asked = ["--assume", "usdkrw:2026-07=1550", "--model", "BayesianVAR", "--as-of", "2026-05-01"]
    result = CliRunner().invoke(main, ["report", *asked, "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    lead = page[page.index('<p class="lead">') :].partition("</p>")[0]
    assert "Assumed: usdkrw 1,550 in 2026-07" in lead
    assert page.count("usdkrw 1,550 in 2026-07") >= 3
    assert "without judgement or assumptions" in page
