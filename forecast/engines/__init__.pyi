from tradeshock.forecast.engines.base import Executor as Executor, Task as Task
from tradeshock.forecast.engines.dask import DaskExecutor as DaskExecutor
from tradeshock.forecast.engines.loky import LokyExecutor as LokyExecutor
