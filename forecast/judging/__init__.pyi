from tradeshock.forecast.judging.calibration import (
    berkowitz as berkowitz,
    coverage_binomial as coverage_binomial,
    coverage_hac as coverage_hac,
    coverage_intervals as coverage_intervals,
    coverage_table as coverage_table,
    pit_moments as pit_moments,
)
from tradeshock.forecast.judging.comparison import (
    clark_west as clark_west,
    diebold_mariano as diebold_mariano,
    giacomini_white as giacomini_white,
)
from tradeshock.forecast.judging.confidence_set import (
    model_confidence_set as model_confidence_set,
    superior_predictive_ability as superior_predictive_ability,
)
from tradeshock.forecast.judging.efficiency import (
    hedgehog as hedgehog,
    mincer_zarnowitz as mincer_zarnowitz,
)
from tradeshock.forecast.judging.episodes import (
    EPISODES as EPISODES,
    Episode as Episode,
    csed as csed,
    episodes_of as episodes_of,
)
from tradeshock.forecast.judging.fluctuation import giacomini_rossi as giacomini_rossi
from tradeshock.forecast.judging.intervals import (
    covered as covered,
    interval_score as interval_score,
    pinball as pinball,
)
