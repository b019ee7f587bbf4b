from tradeshock.forecast.routine.learning import extend_own_record as extend_own_record
from tradeshock.forecast.routine.once import issued_before as issued_before
from tradeshock.forecast.routine.own_past import own_past_record as own_past_record
from tradeshock.forecast.routine.release_days import (
    Release as Release,
    ics as ics,
    last_due as last_due,
    releases as releases,
)
