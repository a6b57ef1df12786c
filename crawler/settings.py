"""Scrapy settings: safe and polite by default. FINDINGS behind each choice stand beside it."""

BOT_NAME = "healthnews"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Ours, for `scrapy crawl … -s NAME=VALUE`; the healthnews command sets them from its options.
HEALTHNEWS_ARCHIVE = "healthnews.db"
HEALTHNEWS_SITES = None  # folder of site files; None: the bundled ones
HEALTHNEWS_CONTACT = None  # e-mail address or URL that goes into the user agent; None: $HEALTHNEWS_CONTACT
HEALTHNEWS_ALLOW_PRIVATE = False  # private and loopback addresses, for every site
HEALTHNEWS_WORKERS = 2  # extraction processes
HEALTHNEWS_MINUTES = 0  # after which no more pages are asked for; 0: until nothing is due
HEALTHNEWS_ARTICLES_PER_SITE = 0  # that are taken at most, for trying sites out; 0: all
HEALTHNEWS_CLOCK = "crawler.clock.SystemClock"  # class of the clock, which tests replace
HEALTHNEWS_SEED = None  # of the jitter in waiting times
HEALTHNEWS_COMMAND = ""  # what was asked for, for the record; empty: the process's command line

# The frontier is the archive's `pages` table; nothing is lost when the process dies.
SCHEDULER = "crawler.scheduler.Frontier"
ITEM_PIPELINES = {"crawler.pipelines.ArchivePipeline": 300}
HTTPERROR_ALLOW_ALL = True  # the spider records the fate of every answer, 404 included

# Safety: Scrapy's own defaults would run an HTTP server that executes Python, read file:///etc/hostname when a page
# links there, take 1 GiB bodies, wait three minutes and accept any certificate.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.politeness.download_handler.OneTryHandler",
    "https": "crawler.politeness.download_handler.OneTryHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # bytes; the largest of 358 real article pages has 3.3 MB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30  # seconds
TWISTED_DNS_RESOLVER = (
    "crawler.politeness.resolver.PublicResolver"  # has to be set for the project: spiders' own settings come too late
)

# Politeness: robots.txt, delays, concurrency and patience are kept in crawler.scheduler and
# crawler.politeness.host_throttle, for all
# requests and from one crawl to the next. What they hand out may go out at once.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 32
CONCURRENT_ITEMS = 1  # of one answer, which has one
DOWNLOAD_DELAY = 0
RETRY_TIMES = 1
RETRY_HTTP_CODES: list[int] = []  # only broken connections; what answers an error is asked again by the next job
REDIRECT_MAX_TIMES = 10
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip, deflate, br",  # what readers of WARC files can undo; zstd they cannot
}
METAREFRESH_ENABLED = False  # a page that reloads itself is a page, not a redirect
COOKIES_ENABLED = False  # Scrapy's own: see crawler.middlewares.redirect_cookies
DOWNLOADER_MIDDLEWARES = {
    # Scrapy's takes a robots.txt that fails for one that permits all, and never reads it again: see crawler.scheduler.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.refused.Gate": 50,
    "crawler.middlewares.content_encoding.ContentCodingLabels": 595,  # before Scrapy decompresses at 590
    "crawler.middlewares.robots_size.RobotsHead": 597,
    "crawler.middlewares.invalid_redirects.RedirectAddresses": 610,  # before Scrapy redirects at 600
    "crawler.middlewares.redirect_cookies.RedirectCookies": 700,
    "crawler.middlewares.backoff.Patience": 930,
    "crawler.middlewares.certificates.Certificates": 940,
    "crawler.middlewares.warc.Recording": 950,  # nearest to the wire: bytes as received
}

# Nothing of the crawl is printed by Scrapy itself: progress and report are the extension's.
EXTENSIONS = {"crawler.extensions.progress.Progress": 0, "scrapy.extensions.logstats.LogStats": None}
LOG_LEVEL = "ERROR"  # what happened to a page is recorded with it; only defects are logged
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
