from tradeshock.forecast.hierarchy.joint_paths import coherent as coherent
from tradeshock.forecast.hierarchy.nodes import (
    hierarchy_forecast as hierarchy_forecast,
    joint_errors as joint_errors,
    past_errors as past_errors,
    with_remainder as with_remainder,
)
from tradeshock.forecast.hierarchy.reconciliation import (
    reconciled as reconciled,
    shrunk_covariance as shrunk_covariance,
)
