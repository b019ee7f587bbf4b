"""The command that asks every source once, and says what to do where one does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.data_commands.asking import (
    EXIT_NONE,
    chosen_sources,
    say_advice,
    say_missing_keys,
    user_client,
    with_source_options,
)

if TYPE_CHECKING:
    from tradeshock.features.fetching.client import Reply
    from tradeshock.features.sources.doctor import Finding


@click.command()
@click.option(
    "--bundle",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what was answered into a zip to send with a question; keys are taken out.",
)
@with_source_options
def doctor(names: tuple[str, ...], unofficial: bool, seconds: float, bundle: Path | None) -> None:
    """Ask every source of figures once, store nothing, and say which of them answer."""
    from tradeshock.features.sources.bundle import write_bundle
    from tradeshock.features.sources.doctor import NO_KEY, diagnose
    from tradeshock.features.vintages.live import live_panel

    sources = chosen_sources(names, unofficial)
    replies: list[Reply] = []
    client = user_client(seconds, heard=replies.append if bundle else None)
    findings: list[Finding] = []
    for finding in diagnose(sources, client, live_panel()):
        findings.append(finding)
        _say(finding, with_advice=finding.state != NO_KEY)
    say_missing_keys([s for s in sources if s.needs_key and s.needs_key not in client.keys])
    good = sum(finding.state == "good" for finding in findings)
    click.echo(f"{good} of {len(findings)} sources are good; nothing was stored.")
    asked = [finding for finding in findings if finding.state != NO_KEY]
    if asked and all(finding.state == "no answer" for finding in asked):
        click.echo(
            "Nobody answered: there may be no network, or a company's network is in between."
        )
    if bundle is not None:
        write_bundle(bundle, findings, replies, client.keys)
        click.echo(f"Written: {bundle}, {len(replies)} answers as they came, without your keys")
    if not good:
        click.echo("What is here serves on; a sheet brings newer figures: tradeshock data template")
        raise click.exceptions.Exit(EXIT_NONE)
    click.echo("To keep what they have: tradeshock data update")


def _say(finding: Finding, *, with_advice: bool) -> None:
    reach = f"to {finding.to}" if finding.to else ""
    click.echo(
        f"{finding.source:20} {finding.state:16} {reach:14} {finding.series:2} series of "
        f"{finding.publisher}"
    )
    if finding.advice and with_advice:
        say_advice(finding.advice)
