from tradeshock.forecast.interpretation.explanation import (
    Explanation as Explanation,
    explain as explain,
)
from tradeshock.forecast.interpretation.pooled import (
    corrections as corrections,
    members as members,
    points as points,
    running_month as running_month,
    weights as weights,
)
from tradeshock.forecast.interpretation.regression import (
    coefficients as coefficients,
    contributions as contributions,
    indicators as indicators,
)
from tradeshock.forecast.interpretation.trees import (
    importances as importances,
    partial_effect as partial_effect,
    permutation_importances as permutation_importances,
)
from tradeshock.forecast.interpretation.width import (
    interval_width as interval_width,
    recent_misses as recent_misses,
)
