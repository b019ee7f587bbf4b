import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.episodes import (
    CALM,
    EPISODES,
    Episode,
    csed,
    episodes_of,
    labels,
)
from tradeshock.forecast.judging.scorable import QUANTILES


def label(month, episodes=EPISODES):
    return tuple(labels(pd.PeriodIndex([month], freq="M"), episodes).iloc[0])


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2008-07", (CALM, CALM)),
        ("2008-08", ("Financial crisis", "entry")),
        ("2009-01", ("Financial crisis", "entry")),
        ("2009-02", ("Financial crisis", "exit")),
        ("2009-10", ("Financial crisis", "exit")),
        ("2009-11", (CALM, CALM)),
        ("2005-05", (CALM, CALM)),
        # The lead of COVID-19 begins in 2019-12, but the memory bust lasts until 2020-01.
        ("2020-01", ("Memory and tariffs", "exit")),
        ("2020-02", ("COVID-19", "entry")),
        ("2025-04", ("US tariffs 2025", "exit")),
        ("2025-06", ("AI boom", "entry")),
        ("2031-01", ("AI boom", "exit")),
    ],
)
def test_months_of_known_shocks(month, expected):
    assert label(month) == expected


def test_users_add_their_own_shock():
    strike = Episode("Port strike", "2005-05", "2005-05", "2005-06", "a strike")
    assert label("2005-05", (*EPISODES, strike)) == ("Port strike", "entry")
    assert label("2005-06", (*EPISODES, strike)) == ("Port strike", "exit")
    over = Episode("Lehman", "2008-11", "2008-12", "2009-01", "a bank")
    assert label("2009-01", (*EPISODES, over)) == ("Lehman", "exit")


def test_other_nations_are_judged_by_shocks_of_world_trade():
    assert episodes_of("KR") == EPISODES
    world = [episode.name for episode in episodes_of("IN")]
    assert "COVID-19" in world
    assert not {"Memory and tariffs", "Chip bust", "AI boom"} & set(world)
    assert episodes_of(None) == episodes_of("IN")


def test_months_out_of_order_are_refused():
    with pytest.raises(ScoreError, match="'Odd'"):
        Episode("Odd", "2005-05", "2005-04", "2005-06", "")


@given(st.lists(st.integers(240, 700), max_size=30))
def test_every_month_has_one_label_whatever_its_neighbours(ordinals):
    index = pd.PeriodIndex([pd.Period(ordinal=i, freq="M") for i in ordinals], dtype="period[M]")
    found = labels(index)
    assert set(found["phase"]) <= {"entry", "exit", CALM}
    assert ((found["episode"] == CALM) == (found["phase"] == CALM)).all()
    assert [label(month) for month in index] == list(found.itertuples(index=False, name=None))


def frame(**errors):
    """Growth rates whose medians miss by the errors given."""
    parts = []
    for model, error in errors.items():
        month = pd.period_range("2020-01", periods=len(error), freq="M")
        part = pd.DataFrame({"model": model, "month": month, "origin": month.to_timestamp()})
        part["actual"] = 10.0
        for name in QUANTILES:
            part[name] = 10.0 - np.asarray(error, dtype=float)
        parts.append(part)
    return pd.concat(parts).assign(
        target="exports_total", quantity="yoy", state="after_total", step=1, crps=1.0,
        logscore=1.0, scale=1.0,
    )  # fmt: skip


def test_csed_rises_where_the_model_is_better():
    table = csed(frame(RandomWalk=[2, 1, 3], AR=[1, 2, 0]))
    path = table[table["model"] == "AR"].set_index("month")["csed"]
    npt.assert_array_equal(path, [3.0, 0.0, 9.0])
    assert path.index[0] == pd.Period("2020-01", freq="M")
    assert (table.loc[table["model"] == "RandomWalk", "csed"] == 0).all()


def test_csed_needs_its_reference():
    with pytest.raises(ScoreError, match=r"'RandomWalk'; there are \['AR'\]"):
        csed(frame(AR=[1, 2]))
