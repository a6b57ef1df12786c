"""Asking a public service politely: its pace, its Retry-After, and an end to patience."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

BUSY = (429, 500, 502, 503, 504)  # ask again later
TRIES = 4  # requests for one question
PATIENCE = 120.0  # seconds: a Retry-After above this ends the questions to that service for this run
TIMEOUT = 30.0  # seconds


class ServiceError(Exception):
    """The service gave no answer: it is down, busy beyond patience, or refuses us; `status` is HTTP's, if any."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP status and the body as JSON; `content` is None when the body is no JSON."""

    status: int
    content: Any


class Client:
    """Questions to one service, one at a time.

    `interval` is the time in seconds between the beginnings of two requests, until the service's own headers
    X-Rate-Limit-Limit and X-Rate-Limit-Interval (Crossref) say otherwise.
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
        """Ends the connections."""
        self._http.close()

    def get(self, path: str, parameters: Mapping[str, str | int]) -> Answer:
        """The service's answer, 404 included. Raises ServiceError."""
        wait = 0.0
        for attempt in range(TRIES):
            self._sleep(max(wait, self._next - self._clock(), 0.0))
            self._next = self._clock() + self.interval
            try:
                response = self._http.get(path, params=dict(parameters))
            except httpx.HTTPError as error:
                trouble = ServiceError(f"{self._http.base_url.host} did not answer ({type(error).__name__})")
                wait = 2.0**attempt
                continue
            self._heed(response.headers)
            status = response.status_code
            if status not in BUSY:
                break
            trouble = ServiceError(f"{self._http.base_url.host} is busy (HTTP {status})", status)
            wait = max(2.0**attempt, retry_after(response.headers.get("Retry-After", "")) or 0.0)
            if wait > PATIENCE:
                raise trouble
        else:
            raise trouble
        if status != 404 and not 200 <= status < 300:
            raise ServiceError(f"{self._http.base_url.host} refused the question (HTTP {status})", status)
        return Answer(status, _json(response.content))

    def _heed(self, headers: httpx.Headers) -> None:
        """Takes the pace that the service's headers name."""
        try:
            requests = int(headers["X-Rate-Limit-Limit"])
            seconds = float(headers["X-Rate-Limit-Interval"].removesuffix("s"))
        except (KeyError, ValueError):
            return
        if requests > 0 and 0 < seconds <= PATIENCE:
            self.interval = seconds / requests


def retry_after(value: str, now: datetime | None = None) -> float | None:
    """Seconds to wait, of a Retry-After header (RFC 9110, 10.2.3): a number of seconds or a date."""
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
