"""The commands that say which keys are set and how to get the others, and that keep one."""

from __future__ import annotations

import click

from tradeshock.forecast.cli.data_commands.asking import key_file, say_advice, user_keys

# What its series are.
GIVES = {
    "DATA_GO_KR_API_KEY": "exports by item and destination, counts of 10 and 20 days, imports, "
    "chips by value and weight, ASEAN",
    "ECOS_API_KEY": "share prices of each day; exports, imports and prices of chips in one call "
    "instead of ten months a call",
    "KOSIS_API_KEY": "semiconductors as the ICT ministry counts them",
}
# What to do at each portal, beyond what its address says.
STEPS = {
    "DATA_GO_KR_API_KEY": "Sign up, search for the Korea Customs Service (관세청) and apply "
    "(활용신청) for its five services prlstMmUtPrviExpAcrs, cntyMmUtPrviExpAcrs, "
    "prlstMmUtPrviImpAcrs, nitemtrade and nationtrade; one key serves all of them.",
    "ECOS_API_KEY": "Sign up and ask for a key (인증키 신청); a Korean mobile number is asked for.",
    "KOSIS_API_KEY": "Sign up and ask for a key (활용신청).",
}


@click.group(invoke_without_command=True)
@click.pass_context
def keys(context: click.Context) -> None:
    """Say which keys are set, what each brings, and how to get one; no key is needed to begin."""
    if context.invoked_subcommand is not None:
        return
    from tradeshock.features.sources.access import access
    from tradeshock.features.sources.registry import all_sources

    table = access(all_sources(), user_keys())
    for key, place, brings, betters, portal in table.itertuples(index=False, name=None):
        click.echo(f"{key:20} {f'set, from the {place}' if place else 'not set'}")
        more = f", and more of {len(betters)}" if betters else ""
        say_advice(f"Brings {len(brings)} series{more}: {GIVES[key]}.")
        if not place:
            say_advice(f"Get it in a few minutes at {portal}. {STEPS[key]}")
            say_advice(f"Then: tradeshock data keys set {key}")
    count = int(table["place"].ne("").sum())
    click.echo(f"{count} of {len(table)} keys are set; all else comes without a key.")
    click.echo(
        "A key may stand in the environment too, or in the system's keyring under tradeshock\n"
        "(pip install 'tradeshock[keyring]'); it goes to its publisher alone."
    )


@keys.command("set")
@click.argument("name")
def set_(name: str) -> None:
    """Keep a key in a file that only you can read; it is asked for, and not shown."""
    from tradeshock.features.fetching.keys import PORTALS, write_key

    name = name.upper()
    if name not in PORTALS:
        raise click.BadParameter(
            f"there is no key {name}; there are {', '.join(PORTALS)}", param_hint="NAME"
        )
    write_key(key_file(), name, click.prompt(f"{name} (not shown)", hide_input=True))
    click.echo(f"Kept in {key_file()}, which only you can read. Try it: tradeshock data doctor")
    if user_keys().places.get(name) == "environment":
        click.echo(f"The environment has another {name}, and that one is used.")
