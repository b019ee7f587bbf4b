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
# # A shock
#
# What would exports be if chips fell as in 2022, and if a tariff came on top? A scenario is the
# same forecast with something assumed; what counts is the difference, draw by draw.

# %%
from tradeshock.forecast import compare_scenarios, load_panel, scenario
from tradeshock.forecast.scenarios import Move, Shock

panel = load_panel()

# %% [markdown]
# ## One of the library

# %%
bust = scenario(panel, "memory_2022")
bust

# %%
ax = bust.plot()

# %% [markdown]
# By calendar year, and the chance of passing a round figure with and without the shock:

# %%
bust.total("year").round(2)

# %% [markdown]
# What a reader must know of it:

# %%
for note in bust.notes:
    print("-", note)

# %% [markdown]
# ## One of your own
#
# Copper 20 % under the baseline within half a year.

# %%
copper = Shock("copper_slides", moves=(Move("copper", to=-0.2, over=6),))
slide = scenario(panel, copper)
slide.table()[["baseline", "scenario", "difference", "difference_pct"]].round(1)

# %% [markdown]
# ## A better and a worse case

# %%
cases = compare_scenarios(panel, up=["ai_boom_goes_on"], down=["memory_2022", "us_tariff"])
ax = cases.plot()

# %% [markdown]
# Whether such answers would have helped in past episodes, and where they harmed, is measured in
# [trade shocks](../shocks.md#would-it-have-helped).
