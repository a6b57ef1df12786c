"""Scrapy settings: safe and polite by default. The reason for each choice stands beside it."""

from archive.extraction.pool import default_workers

BOT_NAME = "healthnews"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Ours, for `scrapy crawl … -s NAME=VALUE`; the healthnews command sets them from its options.
HEALTHNEWS_ARCHIVE = "healthnews.db"
HEALTHNEWS_SITES = None  # folder of site files; None: the bundled ones
HEALTHNEWS_CONTACT = None  # e-mail address or URL that goes into the user agent; None: $HEALTHNEWS_CONTACT
HEALTHNEWS_ALLOW_PRIVATE = False  # private and loopback addresses, for every site
HEALTHNEWS_WORKERS = default_workers()  # extraction processes
HEALTHNEWS_MINUTES = 0  # after which no more pages are fetched; 0: until nothing is due
HEALTHNEWS_ARTICLES_PER_SITE = 0  # fetched at most, for trying sites out; 0: all
HEALTHNEWS_CLOCK = "crawler.clock.SystemClock"  # class of the clock; tests replace it
HEALTHNEWS_SEED = None  # of the jitter in back-off times
HEALTHNEWS_SUMMARY = True  # whether the outcomes are printed at the end; the healthnews command has reports of its own
HEALTHNEWS_SHARDS = None  # the place of the shards of a crawl on a cluster, of which this one crawls HEALTHNEWS_SHARD
HEALTHNEWS_SHARD = 0
HEALTHNEWS_BORROWED: list[int] = []  # other shards whose hosts it may ask too
HEALTHNEWS_FENCES: list[str] = []  # files that say until when it may send requests, one for each of these shards
HEALTHNEWS_COMMAND = ""  # the command as recorded with the crawl; empty: the process's command line

# The frontier is the archive's `pages` table; nothing is lost when the process dies.
SCHEDULER = "crawler.scheduler.Scheduler"
ITEM_PIPELINES = {"crawler.pipelines.ArchivePipeline": 300}

# Safety: Scrapy's own defaults would run an HTTP server that executes Python, read file:///etc/hostname when a page
# links there, take 1 GiB bodies, wait three minutes and accept any certificate.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.politeness.first_request.AtFirstRequest",
    "https": "crawler.politeness.first_request.AtFirstRequest",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = (
    5 * 1024 * 1024
)  # bytes; the largest of 358 real article pages has 3.3 MB. 32 may be under way at once
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # seconds
TWISTED_DNS_RESOLVER = (
    "crawler.politeness.resolver.PublicResolver"  # has to be set for the project: spiders' own settings come too late
)

# Politeness: crawler.scheduler and crawler.politeness.host_throttle apply robots.txt, delays, concurrency and back-off
# to all requests and from one crawl to the next. Scrapy sends at once what the scheduler hands it.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 32
CONCURRENT_ITEMS = 1  # of one response, which has one
DOWNLOAD_DELAY = 0
RETRY_TIMES = 1
RETRY_EXCEPTIONS = [  # Scrapy's own, but for the proxy's: to name that would import the download handler at the start
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
    "twisted.internet.error.ConnectionDone",
    "twisted.internet.error.ConnectError",
    "twisted.internet.error.ConnectionLost",
    OSError,
    "crawler.politeness.outcomes.ProxyTunnelError",
]
RETRY_HTTP_CODES: list[int] = []  # only broken connections; the next crawl fetches what answered an error again
REDIRECT_MAX_TIMES = 10
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip, deflate, br",  # what readers of WARC files can undo; zstd they cannot
}
# Only those of Scrapy's own parts that are used. One that is disabled is imported all the same: RemoteControl brings a
# web server and the cookies an HTTP client, together half of a crawl's start. robots.txt is up to crawler.scheduler,
# because Scrapy takes one that fails for one that permits all; a meta refresh, Content-Encoding (of which Scrapy takes
# half a body for a whole one) and cookies are up to middlewares of ours.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": 600,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
# They look at requests from spiders, which yield none here, and drop error pages, whose outcomes the spider records.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}  # nothing of a crawl is printed by Scrapy itself
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.refused.RefusedMiddleware": 50,
    "crawler.middlewares.forwards.ForwardsMiddleware": 580,
    "crawler.middlewares.content_encoding.ContentEncodingMiddleware": 595,
    "crawler.middlewares.robots_size.RobotsSizeMiddleware": 597,
    "crawler.middlewares.invalid_redirects.InvalidRedirectsMiddleware": 610,  # before Scrapy redirects at 600
    "crawler.middlewares.redirect_cookies.RedirectCookiesMiddleware": 700,
    "crawler.middlewares.backoff.BackoffMiddleware": 930,
    "crawler.middlewares.certificates.CertificatesMiddleware": 940,
    "crawler.middlewares.warc.WarcMiddleware": 950,  # nearest to the downloader: bytes as received
}

EXTENSIONS = {
    "crawler.extensions.progress.Progress": 0,
    "crawler.extensions.summary.Summary": 0,
}
LOG_LEVEL = "ERROR"  # a page's outcome is recorded; only bugs are logged
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
