"""HTTP client for a public service that keeps its rate limit and Retry-After, and gives up when it stays busy."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

BUSY = (429, 500, 502, 503, 504)  # statuses after which a request is repeated
TRIES = 4  # per request
MAX_WAIT = 120.0  # seconds: a longer Retry-After ends the look-ups at that service for this run
TIMEOUT = 30.0  # seconds


class ServiceError(Exception):
    """The service is down, stays busy or refuses the request; `status` is the HTTP status, or None."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class ServiceResponse:
    """The HTTP status and the JSON content of a response; `content` is None if the body is not JSON."""

    status: int
    content: Any


class Client:
    """A client of one service, with one request at a time.

    `interval` is the time in seconds between the starts of two requests. The headers X-Rate-Limit-Limit and
    X-Rate-Limit-Interval (Crossref) replace it.
    """

    def __init__(
        self,
        base: str,
        *,
        interval: float,
        agent: str,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.interval = interval
        self._sleep = sleep
        self._clock = clock
        self._next = clock()
        self._http = httpx.Client(
            base_url=base, headers={"User-Agent": agent}, timeout=TIMEOUT, follow_redirects=True, trust_env=True
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, parameters: Mapping[str, str | int]) -> ServiceResponse:
        """Return the response with status 2xx or 404. Raises ServiceError."""
        wait = 0.0
        for attempt in range(TRIES):
            self._sleep(max(wait, self._next - self._clock(), 0.0))
            self._next = self._clock() + self.interval
            try:
                response = self._http.get(path, params=dict(parameters))
            except httpx.HTTPError as error:
                failure = ServiceError(f"{self._http.base_url.host} did not respond ({type(error).__name__})")
                wait = 2.0**attempt
                continue
            self._update_interval(response.headers)
            status = response.status_code
            if status not in BUSY:
                break
            failure = ServiceError(f"{self._http.base_url.host} is busy (HTTP {status})", status)
            wait = max(2.0**attempt, retry_after(response.headers.get("Retry-After", "")) or 0.0)
            if wait > MAX_WAIT:
                raise failure
        else:
            raise failure
        if status != 404 and not 200 <= status < 300:
            raise ServiceError(f"{self._http.base_url.host} refused the request (HTTP {status})", status)
        return ServiceResponse(status, read_json(response.content))

    def _update_interval(self, headers: httpx.Headers) -> None:
        """Set the interval to the rate limit in the headers."""
        try:
            requests = int(headers["X-Rate-Limit-Limit"])
            seconds = float(headers["X-Rate-Limit-Interval"].removesuffix("s"))
        except (KeyError, ValueError):
            return
        if requests > 0 and 0 < seconds <= MAX_WAIT:
            self.interval = seconds / requests


def retry_after(value: str, now: datetime | None = None) -> float | None:
    """Return the seconds to wait by a Retry-After header (RFC 9110, 10.2.3), a number or a date; None if invalid."""
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


def read_json(body: bytes) -> Any:
    """Return the JSON content of a response, None if it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
