from tradeshock.forecast.news.groups import GROUPS as GROUPS, group_of as group_of
from tradeshock.forecast.news.result import News as News, news as news
