from tradeshock.features.vintages.answer import Answer as Answer
from tradeshock.features.vintages.live import live_panel as live_panel
from tradeshock.features.vintages.store import Store as Store
