"""Fisher's exact test: how likely it is that a share has not fallen. Pure."""

from math import exp, lgamma


def chance_of_fewer(now: int, of_now: int, before: int, of_before: int) -> float:
    """How likely it is that at most `now` of `of_now` come out as yes, `before` of `of_before` having done so, when the
    share is the same: Fisher's exact test, one-sided.

    By logarithms of factorials: math.comb of numbers in the ten thousands takes seconds.
    """
    yes, asked = now + before, of_now + of_before
    least = max(0, of_now - (asked - yes))
    whole = _log_choose(asked, of_now)
    terms = (_log_choose(yes, k) + _log_choose(asked - yes, of_now - k) - whole for k in range(least, now + 1))
    return min(1.0, sum(map(exp, terms)))


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
