# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An own model in a backtest
#
# A rule of thumb of many desks: exports grow on a year before as they did in the last three
# months, and growth fades. Is it better than saying that exports stay where they are? This
# notebook writes the rule as a model, lets the library check that it does not look ahead, and
# holds it against others on the past.

# %%
import numpy as np

from tradeshock.forecast import backtest, load_panel, monthly_forecast, plots
from tradeshock.models import UnivariateModel, check_model

panel = load_panel()

# %% [markdown]
# ## The model
#
# Two methods: `_fit` learns from what was published at the origin, `_paths` draws the months
# ahead. Growth is per working day, so that short and long months compare.


# %%
class FadingGrowth(UnivariateModel):
    """Growth of the last three months carried forward, fading towards its mean of ten years."""

    minimum_months = 60

    def __init__(self, fade=0.9, n_draws=1000, random_state=0):
        self.fade = fade
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self):
        months = self.series_.index
        self.daily_ = np.log(self.series_.to_numpy() / self.panel_.calendar.working_days(months))
        growth = self.daily_[12:] - self.daily_[:-12]
        self.mean_ = growth[-120:].mean()
        self.last_three_ = growth[-3:].mean()
        changes = np.diff(growth)[-120:]
        self.changes_ = changes - changes.mean()

    def _paths(self, steps, rng, conditions):
        fade = self.fade ** np.arange(1, steps + 1)
        point = self.mean_ + fade * (self.last_three_ - self.mean_)
        errors = rng.choice(self.changes_, size=(self.n_draws, steps)).cumsum(axis=1)
        daily = np.tile(self.daily_[-12:], (self.n_draws, 1))
        for step in range(steps):
            daily = np.column_stack([daily, daily[:, step] + point[step] + errors[:, step]])
        days = self.panel_.calendar.working_days(self._ahead(steps))
        return (np.exp(daily[:, 12:]) * days)[:, :, None]


# %% [markdown]
# ## Does it keep the rules?
#
# The suite runs it on changed futures, other seeds and short panels, and raises where it finds a
# fault.

# %%
check_model(FadingGrowth())

# %%
monthly_forecast(panel, model=FadingGrowth(), steps=6)

# %% [markdown]
# ## Has it been any good?
#
# At each origin of ten years it is fitted on the figures that were out, and on nothing else.

# %%
origins = panel.origins("2016-01", "2026-04")
models = {
    "walk": "RandomWalk",
    "fading": FadingGrowth(),
    "slowly fading": FadingGrowth(fade=0.97),
    "autoregression": "AutoRegression",
}
result = backtest(models, panel, origins=origins, steps=6, n_jobs=1, progress=False)
result

# %% [markdown]
# Next to the walk, with the test of whether the difference is more than luck:

# %%
scores = result.scores(("model", "step"), reference="walk").query("quantity == 'level'")
scores[["model", "step", "n", "rmse", "rmse_ratio", "dm_p", "coverage_80"]].round(2)

# %%
ax = plots.plot_errors(result.frame, relative=True, reference="walk")

# %% [markdown]
# When were the differences made? The line rises where a model saved squared error against the
# walk.

# %%
ax = plots.plot_csed(result.frame, reference="walk")
