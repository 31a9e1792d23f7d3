"""The table of the figures, and the line RESULT."""

import statistics

STEPS = ("backup", "unchanged", "restore")
NAMES = ("restic", "Salvor")


def has_sync(step, name):
    return step == "restore" and name == "restic"


def median(rounds, step, name, figure):
    return statistics.median(one[step, name][figure] for one in rounds)


def table(rounds, megabytes):
    for step in STEPS:
        for name in NAMES:
            seconds = median(rounds, step, name, "seconds")
            print(f"  {step:9} {name:6} {seconds:6.2f} s  {megabytes / seconds:6.0f} MB/s  "
                  f"{median(rounds, step, name, 'cpu'):6.2f} CPU s  {median(rounds, step, name, 'mib'):4.0f} MiB"
                  + (f"  {median(rounds, step, name, 'stored'):,.0f} MB stored" if step == "backup" else "")
                  + (f"  {median(rounds, step, name, 'sync'):.2f} s of it sync" if has_sync(step, name) else ""),
                  flush=True)
    cpu = median(rounds, "ceiling", "Salvor", "cpu_per_mb") * megabytes
    print(f"  ceiling {median(rounds, 'ceiling', 'Salvor', 'mb_per_second'):25.0f} MB/s  {cpu:6.2f} CPU s", flush=True)


def result(rounds, megabytes):
    def ratio(step, figure):
        return statistics.median(one[step, "Salvor"][figure] / one[step, "restic"][figure] for one in rounds)

    def ceiling_ratio(one):
        return megabytes / one["restore", "Salvor"]["seconds"] / one["ceiling", "Salvor"]["mb_per_second"]

    ratios = {
        "restore_cpu_ratio": ratio("restore", "cpu"),
        "restore_speedup": 1 / ratio("restore", "seconds"),
        "backup_cpu_ratio": ratio("backup", "cpu"),
        "backup_speedup": 1 / ratio("backup", "seconds"),
        "mem_ratio": max(ratio("backup", "mib"), ratio("restore", "mib")),
        "restore_ceiling_ratio": statistics.median(map(ceiling_ratio, rounds)),
    }
    return "RESULT " + " ".join(f"{name}={value:.2f}" for name, value in ratios.items())
