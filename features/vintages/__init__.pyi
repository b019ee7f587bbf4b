from tradeshock.features.vintages.answer import Answer as Answer
