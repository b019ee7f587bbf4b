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
# # The monthly note
#
# On 21 April 2026 the customs figures of the first 20 days of April have come out. This notebook
# makes what a desk writes on such a day: the number for April, the months after it, the year,
# what moved the forecast since the month before, and one picture. Open it with jupytext, or as it
# is in an editor that knows cells; the site shows it with its outputs.

# %%
from tradeshock.forecast import early_warning, load_panel, monthly_forecast
from tradeshock.forecast.news import news

panel = load_panel()
DAY, BEFORE = "2026-04-21", "2026-04-01"

# %% [markdown]
# ## The forecast
#
# A result shows itself: its headline says which model it is, and what it knew.

# %%
forecast = monthly_forecast(panel, as_of=DAY, steps=9, threshold=1_000_000)
forecast

# %%
ax = forecast.plot()

# %% [markdown]
# The year adds published months to the paths of the others, path by path.

# %%
forecast.year_total().round(1)

# %% [markdown]
# What must be said beside the numbers:

# %%
for note in forecast.paths.notes:
    print("-", note)

# %% [markdown]
# ## What moved it
#
# Between 1 and 21 April: which releases moved the forecast of April, and by how much.

# %%
moved = news(old=BEFORE, new=forecast, panel=panel)
ax = moved.plot()

# %% [markdown]
# ## What may go wrong
#
# Chances that a month is below the same month a year before, read off the same paths.

# %%
warning = early_warning(panel.as_of(DAY))
warning

# %% [markdown]
# ## Files of the note

# %%
forecast.to_csv("note.csv")
ax.figure.savefig("news.png")
print(forecast.to_csv().splitlines()[0])
