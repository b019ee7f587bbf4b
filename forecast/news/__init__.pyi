from tradeshock.forecast.news.explain import news as news, recent_news as recent_news
from tradeshock.forecast.news.groups import GROUPS as GROUPS, group_of as group_of
from tradeshock.forecast.news.result import News as News
