"""All cases by group.

The numbers in them are the smallest that matter: more than a limit of the crawler, or as many as a published attack
has.
"""

from collections.abc import Mapping

from tests.hostile.case import Case
from tests.hostile.contents import MARKUP, TEXT
from tests.hostile.lists import LISTS, ROBOTS, endless_calendar, sessions
from tests.hostile.redirects import REDIRECTS
from tests.hostile.transfer import COMPRESSED, SLOW, TRANSFER

GROUPS: Mapping[str, tuple[Case, ...]] = {
    "transfer": TRANSFER,
    "slow": SLOW,
    "compressed": COMPRESSED,
    "markup": MARKUP,
    "text": TEXT,
    "redirects": REDIRECTS,
    "lists": (*LISTS, endless_calendar(), sessions()),
    "robots": ROBOTS,
}
