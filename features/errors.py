"""Every error and warning of the package, under one root."""

from __future__ import annotations

import warnings
from collections.abc import Sequence


class TradeshockError(Exception):
    """Root of all errors that tradeshock raises on purpose."""


class PanelError(TradeshockError, ValueError):
    """Figures that a panel refuses, or a question that a panel cannot answer."""


class CatalogError(TradeshockError, ValueError):
    """A catalog entry, release rule or calendar that makes no sense."""


class ModelError(TradeshockError, ValueError):
    """A model was asked for something that it cannot do."""


class ShortHistoryError(ModelError):
    """The target has fewer published months than the model needs."""


class ConditionError(TradeshockError, ValueError):
    """Conditions that no path can meet, or that name what is not there."""


class ShockError(TradeshockError, ValueError):
    """A trade shock that makes no sense, or whose result contradicts what it declares.

    Attributes
    ----------
    field : str
        Which field of the shock; empty where it is none.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class BacktestError(TradeshockError, RuntimeError):
    """One or more models failed in a backtest; what succeeded is kept."""


class ScoreError(TradeshockError, ValueError):
    """Forecasts or losses that cannot be scored, compared or tested as asked."""


class StoredFileError(TradeshockError, ValueError):
    """A file that is damaged, or is not what it was taken for."""


class MissingFileError(StoredFileError, FileNotFoundError):
    """There is no such file."""


class UnwritableFileError(StoredFileError, OSError):
    """A path to which no file can be written."""


class ConfigError(TradeshockError, ValueError):
    """A file of defaults that does not read, or says what no command takes."""


class SourceError(TradeshockError, RuntimeError):
    """A publisher could not be asked, or what it answered cannot be taken."""


class UnreachableError(SourceError):
    """No whole answer came: no connection, no certificate, a server's error, or too late."""


class AccessError(SourceError):
    """A key is missing or was refused, or the publisher does not serve this address."""


class QuotaError(SourceError):
    """The publisher gives no more answers for now."""


class AnswerError(SourceError):
    """An answer came that is not what it should be: another form, cut short, or an error in it."""


class OverlapError(SourceError):
    """Figures contradict those that are known: another series or unit, or parts above totals."""


class StaleSeriesWarning(UserWarning):
    """Series are older than their release rules allow and were left out.

    Attributes
    ----------
    series : str
        Which one; empty where the warning is of several.
    every : tuple of str
        All that it names.
    """

    def __init__(self, message: str, series: str | Sequence[str] = ()) -> None:
        super().__init__(message)
        named = [series] if isinstance(series, str) and series else series
        self.every: tuple[str, ...] = tuple(named)
        self.series = self.every[0] if len(self.every) == 1 else ""


def stale_series_noted() -> warnings.catch_warnings[None]:
    """Context without `StaleSeriesWarning`: others name the series, or they do not matter."""
    return warnings.catch_warnings(action="ignore", category=StaleSeriesWarning)


class StoredFileWarning(UserWarning):
    """A part of a file is damaged and was left out."""


class CalendarWarning(UserWarning):
    """Figures begin before the holidays of their nation are known."""


class OddFigureWarning(UserWarning):
    """A figure is so far from the series' own past that a digit or a unit may be wrong."""


class OtherFiguresWarning(UserWarning):
    """Forecasts of an archive were made from other figures than those at hand and are left out."""


class OddConditionWarning(UserWarning):
    """An assumed value is so far from the series' last figure that its unit may be wrong."""
