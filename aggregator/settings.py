"""config -> Scrapy's upper-case names.  Holds no value of its own.

`scrapy.cfg` names this module.  Scrapy reads it by `dir()` and `getattr()`, which are answered here from the
configuration of the present folder, so that importing the module reads nothing.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from aggregator import __version__
from aggregator.config import Config, from_environment
from aggregator.errors import AggregatorError


def of(config: Config) -> dict[str, Any]:
    """Scrapy's settings for a configuration."""
    crawl = config.crawl
    return {
        "AGGREGATOR_CONFIG": config,
        "BOT_NAME": "aggregator",
        "SPIDER_MODULES": ["spiders"],
        "ITEM_PIPELINES": {
            "pipelines.archive.Archive": 100,
            "pipelines.extract.Extract": 200,
            "pipelines.identify.Identify": 300,
            "pipelines.write.Write": 400,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "spiders.network.Guard": 10,
            "spiders.network.Credentials": 15,
            "spiders.politeness.QuietHosts": 20,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "spiders.robots.Robots": 100,
            "spiders.robots.RobotsBody": 595,  # sees an answer before HttpCompression (590) does
            "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
            "spiders.room.Unpacking": 590,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
            "spiders.redirects.Redirects": 600,
        },
        "TWISTED_DNS_RESOLVER": "spiders.network.GuardedResolver",
        # Only what is asked for: no files, no buckets, no other protocols.
        "DOWNLOAD_HANDLERS": {
            "http": "spiders.downloads.Downloads",
            "https": "spiders.downloads.Downloads",
            **dict.fromkeys(("data", "file", "ftp", "s3")),
        },
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # the frontier knows what was asked
        # Politeness.
        "USER_AGENT": f"aggregator/{__version__} (+{crawl.contact})",
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "aggregator",
        "CONCURRENT_REQUESTS": crawl.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        # Of one answer: it gives one page or a few requests, and Scrapy starts as many tasks for each, used or not.
        "CONCURRENT_ITEMS": 2,
        "DOWNLOAD_DELAY": crawl.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "RETRY_ENABLED": False,  # the frontier retries, over later runs, with back-off
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_MAX_TIMES": crawl.max_redirects,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.5"
        },
        # Bounds and safety.
        "DOWNLOAD_TIMEOUT": crawl.timeout,
        "DNS_TIMEOUT": min(crawl.timeout, 10.0),
        "DOWNLOAD_MAXSIZE": crawl.max_page_size,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "HTTPPROXY_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        # Every status reaches the spider, which records an outcome for it.
        "HTTPERROR_ALLOW_ALL": True,
        "FEED_EXPORT_ENCODING": "utf-8",
        "LOG_LEVEL": "INFO",
        "LOG_SHORT_NAMES": True,
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
    }


@cache
def _here() -> dict[str, Any]:
    try:
        return of(from_environment())
    except AggregatorError as error:
        sys.exit(f"aggregator: {error}")


def __dir__() -> list[str]:
    return [*globals(), *_here()]


def __getattr__(name: str) -> Any:
    if name.isupper() and name in _here():
        return _here()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
