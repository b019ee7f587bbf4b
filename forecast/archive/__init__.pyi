from tradeshock.forecast.archive.archive import Archive as Archive
from tradeshock.forecast.archive.issued import Issued as Issued
