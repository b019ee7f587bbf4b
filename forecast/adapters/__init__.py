"""Our models in the interfaces of other libraries.

No model and no arithmetic of their own: figures in another library's shape become a panel, and
paths become what that library returns. The other way stands in `tradeshock.models.adapters`.
"""
