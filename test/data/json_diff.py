"""Where two JSON values differ."""

ABSENT = object()


def differences(wanted, made, path=""):
    """Each place where the two differ, as (JSON pointer, wanted, made), the deepest it can name."""
    if isinstance(wanted, dict) and isinstance(made, dict):
        for key in sorted({*wanted, *made}):
            place = path + "/" + key.replace("~", "~0").replace("/", "~1")
            yield from differences(wanted.get(key, ABSENT), made.get(key, ABSENT), place)
    elif isinstance(wanted, list) and isinstance(made, list):
        for index in range(max(len(wanted), len(made))):
            one = wanted[index] if index < len(wanted) else ABSENT
            two = made[index] if index < len(made) else ABSENT
            yield from differences(one, two, f"{path}/{index}")
    elif not _same(wanted, made):
        yield path, wanted, made


def _same(wanted, made):
    # In Python True == 1, in JSON it is not.
    return wanted == made and isinstance(wanted, bool) == isinstance(made, bool)
