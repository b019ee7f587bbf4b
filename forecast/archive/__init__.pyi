from tradeshock.forecast.archive.archive import Archive as Archive
from tradeshock.forecast.archive.issued import Issued as Issued
from tradeshock.forecast.archive.summary import summarise_scores as summarise_scores
