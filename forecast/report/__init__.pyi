from tradeshock.forecast.report.page import Report as Report
