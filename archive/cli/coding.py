"""The commands of studies: `coding create`, `list`, `agreement`, `disagreements`, `export` and `codebooks`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, json_option, print_json, say
from archive.cli.notes import actor_option, notes_option, opened_notes, writer

if TYPE_CHECKING:
    from archive.notes.agreement import Agreement
    from archive.notes.studies import Studies
    from archive.notes.study import Study


@click.group()
def coding() -> None:
    """Have two people code the same articles by a codebook, and compare their answers.

    They answer in the browser: healthnews serve --notes FILE.

    \b
    Example:
      healthnews coding create quality --codebook discern --collection scleroderma --coder ann --coder ben
      healthnews coding agreement quality
    """


@coding.command()
@click.argument("name")
@click.option("--codebook", required=True, help="A shipped codebook (healthnews coding codebooks), or a TOML file.")
@click.option("--collection", metavar="NAME", required=True, help="The collection whose articles are coded.")
@click.option(
    "--coder", "coders", metavar="ID", nargs=1, multiple=True, required=True, help="A coder's actor id; twice."
)
@click.option("--adjudicator", metavar="ID", default="", help="Who settles disagreements. Default: either coder.")
@actor_option
@notes_option
@json_option
@archive_file
def create(
    archive: Path,
    name: str,
    codebook: str,
    collection: str,
    coders: tuple[str, ...],
    adjudicator: str,
    actor: str | None,
    notes_file: Path | None,
    as_json: bool,
) -> None:
    """Make a study of the articles that are in a collection now.

    \b
    Example:
      healthnews coding create quality --codebook discern --collection scleroderma --coder ann --coder ben
    """
    from archive.errors import UserError
    from archive.notes.codebook import read
    from archive.notes.studies import Studies

    if len(coders) != 2:
        raise UserError(f"A study has two coders, and --coder is given {len(coders)} times.")
    text = read(codebook)
    with opened_notes(archive, notes_file) as opened:
        study = Studies(opened).create(name, text, collection, (coders[0], coders[1]), writer(actor), adjudicator)
    if as_json:
        print_json(_study_row(study, {}))
    else:
        click.echo(f"{study.name} has {len(study.articles):,} articles and {len(study.codebook.questions)} questions.")


@coding.command("list")
@notes_option
@json_option
@archive_file
def list_studies(archive: Path, notes_file: Path | None, as_json: bool) -> None:
    """List the studies, with how far each coder is.

    \b
    Example:
      healthnews coding list
    """
    from archive.console.output import console, page
    from archive.console.tables import table
    from archive.notes.studies import Studies

    with opened_notes(archive, notes_file, reading=True) as opened:
        studies = Studies(opened)
        found = [
            (study, {coder: progress(studies, study, coder) for coder in study.coders}) for study in studies.studies()
        ]
    if as_json:
        print_json([_study_row(study, done) for study, done in found])
        return
    grid = table("study", "codebook", "#articles", "coder", "answered", "coder", "answered")
    for study, done in found:
        cells = [cell for coder in study.coders for cell in (coder, _told(study, coder, done[coder]))]
        grid.add_row(study.name, study.codebook.name, f"{len(study.articles):,}", *cells)
    page(grid, out=console())


@coding.command("agreement")
@click.argument("name")
@notes_option
@json_option
@archive_file
def show_agreement(archive: Path, name: str, notes_file: Path | None, as_json: bool) -> None:
    """Show percent agreement and Cohen's kappa for each question, when both coders are done.

    \b
    Example:
      healthnews coding agreement quality
    """
    from archive.console.notes import agreement_table
    from archive.console.output import console, page

    with _study(archive, notes_file, name) as (studies, study):
        results = studies.results(study)
    rows = [(question.name, found) for question, found in results.agreements()]
    overall = results.overall()
    if as_json:
        print_json({"study": study.name, "questions": {each: _agreement_row(found) for each, found in rows},
                    "overall": _agreement_row(overall)})  # fmt: skip
        return
    page(agreement_table([*rows, ("all", overall)]), out=console())
    for each, found in rows:
        if found.sentence:
            say(f"{each}: kappa is {found.sentence}.")


@coding.command()
@click.argument("name")
@notes_option
@json_option
@archive_file
def disagreements(archive: Path, name: str, notes_file: Path | None, as_json: bool) -> None:
    """List where the coders differ, and what was agreed.

    \b
    Example:
      healthnews coding disagreements quality
    """
    from archive.console.output import console, page
    from archive.console.tables import table

    with _study(archive, notes_file, name) as (studies, study):
        found = studies.results(study).disagreements()
    if as_json:
        print_json(
            [
                {"position": each.article.position, "url": each.article.name.url, "question": each.question.name,
                 "answers": dict(zip(study.coders, each.answers, strict=True)), "agreed": each.agreed}
                for each in found
            ]
        )  # fmt: skip
        return
    if not found:
        click.echo(f"{study.coders[0]} and {study.coders[1]} agree everywhere.")
        return
    grid = table("article", "question", *study.coders, "agreed")
    for each in found:
        grid.add_row(
            each.article.name.title or each.article.name.url, each.question.name, *each.answers, each.agreed or ""
        )
    page(grid, out=console())


@coding.command("export")
@click.argument("name")
@click.option("--format", "format_name", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead of standard output."
)
@notes_option
@archive_file
def export_study(archive: Path, name: str, format_name: str, output: Path | None, notes_file: Path | None) -> None:
    """Export a study's answers, a row for each article and question, when both coders are done.

    \b
    Example:
      healthnews coding export quality --output quality.csv
    """
    from archive.cli.export import output_file
    from archive.notes.study_export import WRITERS

    with _study(archive, notes_file, name) as (studies, study):
        rows = list(studies.results(study).rows())
    with output_file(output) as out:
        out.writelines(WRITERS[format_name](rows))
    if output:
        say(f"{len(rows):,} answers written to {output}")


@coding.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@json_option
def codebooks(file: Path | None, as_json: bool) -> None:
    """List the shipped codebooks, or check a codebook of one's own.

    \b
    Example:
      healthnews coding codebooks
      healthnews coding codebooks mine.toml
    """
    from archive.console.output import console, page
    from archive.console.tables import table
    from archive.notes.codebook import parse, read, shipped

    found = [parse(read(str(file)), str(file))] if file else list(shipped().values())
    if as_json:
        print_json(
            [
                {"name": each.name, "title": dict(each.title.by_language), "source": each.source,
                 "questions": [question.name for question in each.questions]}
                for each in found
            ]
        )  # fmt: skip
        return
    grid = table("codebook", "#questions", "title")
    for each in found:
        grid.add_row(each.name, str(len(each.questions)), each.title.in_language("en"))
    page(grid, out=console())


def progress(studies: "Studies", study: "Study", coder: str) -> int:
    """Return how many articles a coder has answered in full."""
    unanswered = {position for position, _ in studies.open_questions(study, coder)}
    return len(study.articles) - len(unanswered)


@contextmanager
def _study(archive: Path, notes_file: Path | None, name: str) -> "Iterator[tuple[Studies, Study]]":
    from archive.notes.studies import Studies

    with opened_notes(archive, notes_file, reading=True) as opened:
        studies = Studies(opened)
        yield studies, studies.study(name)


def _told(study: "Study", coder: str, number: int) -> str:
    return "done" if coder in study.finished else f"{number:,}"


def _study_row(study: "Study", answered: dict[str, int]) -> dict[str, Any]:
    return {
        "study": study.name,
        "codebook": study.codebook.name,
        "articles": len(study.articles),
        "coders": list(study.coders),
        "adjudicator": study.adjudicator or None,
        "answered": answered,
        "finished": list(study.finished),
    }


def _agreement_row(found: "Agreement") -> dict[str, Any]:
    return asdict(found) | {"share": found.share}
