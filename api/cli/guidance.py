"""Command that prints the page of the guidance catalogue."""

import click

from api.domain.guidance.page import page


@click.command("guidance")
def guidance_page() -> None:
    """Print docs/reference/guidance.md, made from the catalogue of guidance.

    \b
    flask --app wsgi guidance > docs/reference/guidance.md
    """  # noqa: D301 - \b is click's
    click.echo(page(), nl=False)
