"""Step 8 of the seed: long tokens are possible, with a warning."""

from bed.registry import step


@step("seed-8-token-lifetimes", needs=("seed-2-api-and-application",))
def seed_8_token_lifetimes(bed) -> None:
    """Thirty days are accepted with one line of warning; a second more is refused."""
    shell = bed.server.shell
    month = shell("shukuba api create --name month --identifier https://month.example --token-lifetime 2592000")
    assert month.returncode == 0, month.stderr
    warnings = [line for line in month.stderr.splitlines() if "warning" in line]
    assert len(warnings) == 1 and "2592000" in warnings[0], month.stderr
    more = shell("shukuba api create --name more --identifier https://more.example --token-lifetime 2592001")
    assert more.returncode != 0 and "2592000" in more.stderr, more.stderr
    day = shell("shukuba api create --name day --identifier https://day.example --token-lifetime 86400")
    assert day.returncode == 0 and "warning" not in day.stderr, day.stderr
    slash = shell("shukuba api create --name slash --identifier https://day.example/")
    assert slash.returncode == 0, "an identifier with a slash is another API: " + slash.stderr
