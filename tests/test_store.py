"""A store of finished chunks: nothing is computed twice, and nothing is kept too long."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import ClassVar

import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError
from tradeshock.forecast import backtest
from tradeshock.forecast.backtesting.functionals import year_total
from tradeshock.models import VAR, RandomWalk, SeasonalNaive
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.record.code_version import code_version

TARGET = "exports_total"
HERE = {"n_jobs": 1}


@pytest.fixture(scope="module")
def panel(panel: Panel) -> Panel:
    """The embedded figures without daily quotes, which panels made here have not."""
    return panel.with_quotes(None)


@pytest.fixture(scope="module")
def origins(panel: Panel):
    return panel.origins("2023-07", "2026-05")


class Counting(SeasonalNaive):
    """Writes down when it is fitted."""

    fitted: ClassVar[list[pd.Timestamp]] = []

    def _fit(self):
        Counting.fitted.append(self.panel_.origin)
        super()._fit()


class First(Wrapper):
    """The first member's paths as they are."""

    def __init__(self, members=None, n_draws=20, random_state=0):
        self.members = members
        self.n_draws = n_draws
        self.random_state = random_state

    def combine(self, forecasts, record, panel):
        return forecasts[0]


def assert_same(a, b):
    pd.testing.assert_frame_equal(a, b, check_exact=True)


@pytest.fixture(autouse=True)
def nothing_fitted():
    Counting.fitted.clear()


def chunks(store):
    return [file for file in store.glob("[!.]*") if not file.name.endswith(".rows.npz")]


def test_a_store_gives_the_same_numbers_and_computes_nothing_twice(panel, origins, tmp_path):
    models = [Counting(n_draws=20), First([Counting(n_draws=20)])]
    first = backtest(models, panel, origins=origins, store=tmp_path, **HERE)
    assert len(Counting.fitted) == len(origins)
    again = backtest(models, panel, origins=origins, store=tmp_path, **HERE)
    assert len(Counting.fitted) == len(origins)
    assert_same(first.frame, again.frame)
    assert_same(first.record.frame, again.record.frame)


def test_a_new_month_recomputes_its_own_year_alone(panel, origins, tmp_path):
    backtest(Counting(n_draws=20), panel, origins=origins[:-1], store=tmp_path, **HERE)
    Counting.fitted.clear()
    backtest(Counting(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    assert Counting.fitted == [day for day in origins if day.year == 2026]


def test_a_revised_figure_recomputes_what_saw_it(panel, origins, tmp_path):
    backtest(Counting(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    values = panel.values.copy()
    values.loc["2024-11", TARGET] *= 1.01
    revised = Panel(values, panel.catalog, panel.calendar, panel.origin)
    Counting.fitted.clear()
    result = backtest(Counting(n_draws=20), revised, origins=origins, store=tmp_path, **HERE)
    assert {day.year for day in Counting.fitted} == {2024, 2025, 2026}
    fresh = backtest(Counting(n_draws=20), revised, origins=origins, **HERE)
    assert_same(result.frame, fresh.frame)
    # A new answer takes the place of the old one to the same question.
    assert len(chunks(tmp_path)) == 4
    assert len(list(tmp_path.iterdir())) == 8


@pytest.mark.parametrize(
    "change",
    [{"model": SeasonalNaive(n_draws=21)}, {"steps": 5}, {"refit_every": 2}, {"origins": 11}],
)
def test_another_question_has_another_file(panel, origins, tmp_path, change):
    given = {"model": SeasonalNaive(n_draws=20), "steps": 4, "refit_every": 1, "origins": 12}
    for settings in (given, {**given, **change}):
        model, count = settings.pop("model"), settings.pop("origins")
        backtest(model, panel, origins=origins[6 : 6 + count], store=tmp_path, **settings, **HERE)
    assert len(chunks(tmp_path)) == 2


@pytest.mark.parametrize("store", ["", 5])
def test_what_names_no_folder_is_no_store(store, panel, origins):
    with pytest.raises(BacktestError, match=f"^got {store!r} as the store; give a folder such as"):
        backtest(["RandomWalk"], panel, origins=origins[:1], store=store)


@pytest.mark.parametrize("damage", [b"", b"half a chunk"])
def test_an_unreadable_store_says_so(panel, origins, tmp_path, damage):
    backtest(SeasonalNaive(n_draws=20), panel, origins=origins[:2], store=tmp_path, **HERE)
    for file in tmp_path.iterdir():
        file.write_bytes(damage)
    with pytest.raises(BacktestError, match=r"cannot be read.*delete it"):
        backtest(SeasonalNaive(n_draws=20), panel, origins=origins[:2], store=tmp_path, **HERE)


def test_forecasts_of_another_model_under_the_right_name_are_refused(panel, origins, tmp_path):
    for folder, model in (("a", SeasonalNaive(n_draws=20)), ("b", RandomWalk(n_draws=20))):
        backtest(model, panel, origins=origins[:2], store=tmp_path / folder, **HERE)
    (own,), (other,) = chunks(tmp_path / "a"), chunks(tmp_path / "b")
    own.write_bytes(other.read_bytes())
    for file in (tmp_path / "a").glob("*.rows.npz"):
        file.unlink()
    with pytest.raises(BacktestError, match=r"is of another model \('RandomWalk'\).*delete it"):
        backtest(
            SeasonalNaive(n_draws=20), panel, origins=origins[:2], store=tmp_path / "a", **HERE
        )


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"steps": 5}, "steps"),
        ({"model": SeasonalNaive(n_draws=21)}, "parameters"),
        ({"target": "exports_semiconductors"}, "target"),
        ({"refit_every": 2}, "refit_every"),
        ({"first": 1}, "origins"),
    ],
)
def test_forecasts_of_another_question_under_the_right_name_are_refused(
    panel, origins, tmp_path, change, what
):
    given = {"model": SeasonalNaive(n_draws=20), "target": TARGET, "steps": 4, "refit_every": 1}

    def run(folder, model, target, first=0, **settings):
        days = origins[first : first + 2]
        backtest(model, panel, target, days, store=tmp_path / folder, **settings, **HERE)

    run("a", **given)
    run("b", **{**given, **change})
    (own,), (other,) = chunks(tmp_path / "a"), chunks(tmp_path / "b")
    own.write_bytes(other.read_bytes())
    for file in (tmp_path / "a").glob("*.rows.npz"):
        file.unlink()
    with pytest.raises(BacktestError, match=f"is of another {what} "):
        run("a", **given)


def test_rows_of_other_forecasts_are_made_again(panel, origins, tmp_path):
    """The same origins and outcomes by another model, beside the right forecasts."""
    kept = {}
    for folder, model in (("a", SeasonalNaive(n_draws=20)), ("b", RandomWalk(n_draws=20))):
        kept[folder] = backtest(
            {"it": model}, panel, origins=origins, store=tmp_path / folder, **HERE
        )
    files = [sorted((tmp_path / folder).glob("*.rows.npz")) for folder in kept]
    for own, other in zip(*files, strict=True):
        own.write_bytes(other.read_bytes())
    again = backtest(
        {"it": SeasonalNaive(n_draws=20)}, panel, origins=origins, store=tmp_path / "a", **HERE
    )
    assert_same(again.frame, kept["a"].frame)


def test_a_release_rule_for_months_to_come_recomputes_nothing(panel, origins, tmp_path):
    backtest(Counting(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    Counting.fitted.clear()
    entry = panel.catalog["us_ip"]
    late = replace(
        entry.release, exceptions={**dict(entry.release.exceptions), "2026-09": "2026-12-01"}
    )
    planned = Panel(
        panel.values[panel.values.columns[::-1]],
        panel.catalog.with_series(replace(entry, release=late)),
        panel.calendar,
        panel.origin,
    )
    backtest(Counting(n_draws=20), planned, origins=origins, store=tmp_path, **HERE)
    assert not Counting.fitted


def test_unfinished_files_of_killed_runs_are_removed(panel, origins, tmp_path):
    draft = tmp_path / f".SeasonalNaive-2023-a-b.npz.{'0' * 32}"
    draft.write_bytes(b"half")
    os.utime(draft, (0.0, 0.0))
    backtest(SeasonalNaive(n_draws=20), panel, origins=origins[:2], store=tmp_path, **HERE)
    assert not draft.exists()


def test_what_is_measured_is_not_measured_again(panel, origins, tmp_path, monkeypatch):
    first = backtest(SeasonalNaive(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    with monkeypatch.context() as patched:
        patched.delattr("tradeshock.forecast.backtesting.run.forecast_rows")
        patched.delattr("tradeshock.forecast.backtesting.store.ChunkStore.read")
        again = backtest(SeasonalNaive(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    assert_same(first.frame, again.frame)


@pytest.mark.parametrize("damage", [b"", b"half of them", None])
def test_damaged_rows_are_made_again(panel, origins, tmp_path, damage):
    first = backtest(SeasonalNaive(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    for file in tmp_path.glob("*.rows.npz"):
        file.write_bytes(file.read_bytes()[:-300] if damage is None else damage)
    mended = backtest(SeasonalNaive(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    assert_same(first.frame, mended.frame)


def test_new_forecasts_do_not_find_old_rows(panel, origins, tmp_path):
    first = backtest(Counting(n_draws=20), panel, origins=origins, store=tmp_path, **HERE)
    kept = [file.read_bytes() for file in sorted(tmp_path.glob("*.rows.npz"))]
    assert len(kept) == 4
    lost = chunks(tmp_path)
    for file in lost:
        file.unlink()
    # Rows of another year in the place of each.
    for file, other in zip(sorted(tmp_path.glob("*.rows.npz")), kept[1:] + kept[:1], strict=True):
        file.write_bytes(other)
    assert_same(
        first.frame,
        backtest(Counting(n_draws=20), panel, origins=origins, store=tmp_path, **HERE).frame,
    )


def test_functionals_are_taken_of_stored_paths(panel, origins, tmp_path):
    given = {"functionals": {"year": year_total}, "origins": origins, **HERE}
    both = [TARGET, "us_imports_from_kr"]
    model = VAR(["exports_total", "us_imports_from_kr"], lags=1, n_draws=20)
    first, again = (backtest(model, panel, both, store=tmp_path, **given) for _ in range(2))
    assert len(first.functionals) > len(origins)
    assert_same(first.functionals, again.functionals)
    assert_same(first.frame, again.frame)


def test_forecasts_are_measured_again_when_outcomes_came_out(panel, origins, tmp_path):
    then, days = panel.as_of("2025-03-15"), [day for day in origins if day.year < 2025]
    for known in (then, panel):
        Counting.fitted.clear()
        stored = backtest(Counting(n_draws=20), known, origins=days, store=tmp_path, **HERE)
        assert bool(Counting.fitted) == (known is then)
        assert_same(
            stored.frame,
            backtest(SeasonalNaive(n_draws=20), known, origins=days, **HERE).frame.assign(
                model=stored.frame["model"]
            ),
        )


def test_code_has_a_version_if_it_has_a_file():
    namespace = {"SeasonalNaive": SeasonalNaive, "__name__": "typed_in"}
    exec("class Typed(SeasonalNaive): pass", namespace)
    assert code_version(SeasonalNaive()) != code_version(RandomWalk())
    assert code_version(SeasonalNaive()) == code_version(SeasonalNaive(n_draws=3))
    with pytest.raises(BacktestError, match="Typed has no source file"):
        code_version(namespace["Typed"]())


SCRIPT = """
import sys, time
from pathlib import Path
from tradeshock.features import load_panel
from tradeshock.forecast import backtest
from tradeshock.models import SeasonalNaive

class Slow(SeasonalNaive):
    def _fit(self):
        with Path(sys.argv[2]).open("a") as log:
            log.write(f"{self.panel_.origin.date()}\\n")
        time.sleep(0.03)
        super()._fit()

if __name__ == "__main__":
    panel = load_panel()
    days = panel.origins("2023-07", "2026-05")
    result = backtest(Slow(n_draws=20), panel, origins=days, store=sys.argv[1], n_jobs=1)
    result.frame.to_pickle(sys.argv[3])
"""


def test_after_sigkill_only_what_is_missing_is_computed(panel, origins, tmp_path):
    script, store, log = tmp_path / "run.py", tmp_path / "store", tmp_path / "log"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(store), str(log)]
    with subprocess.Popen([*command, str(tmp_path / "never")]) as process:
        limit = time.monotonic() + 60
        while len(chunks(store)) < 2 and time.monotonic() < limit:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    finished = {file.name.split("-")[1] for file in chunks(store)}
    assert 2 <= len(finished) < 4
    log.unlink()
    subprocess.run([*command, str(tmp_path / "resumed")], check=True)
    computed = {line[:4] for line in log.read_text().split()}
    assert computed == {"2023", "2024", "2025", "2026"} - finished
    whole = backtest({"Slow": SeasonalNaive(n_draws=20)}, panel, origins=origins, **HERE)
    resumed = pd.read_pickle(tmp_path / "resumed")
    assert_same(resumed, whole.frame)


def test_a_store_that_cannot_be_written_loses_no_forecast(tmp_path, panel, monkeypatch) -> None:
    from tradeshock.forecast import backtest
    from tradeshock.forecast.backtesting.store import ChunkStore
    from tradeshock.models import RandomWalk

    def full(self, chunk, forecasts):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ChunkStore, "write", full)
    origins = panel.origins("2024-11", "2025-02")
    with pytest.warns(RuntimeWarning, match="cannot be written .*No space left") as told:
        done = backtest(
            RandomWalk(n_draws=20), panel, origins=origins, steps=1, store=tmp_path, n_jobs=1
        )
    assert done.frame["origin"].nunique() == 4
    assert len(told) == 1
