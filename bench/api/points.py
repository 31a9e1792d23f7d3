"""The recovery points that are listed."""

FIRST = 1_600_000_000
BATCH = 10_000


def point(number, step):
    """One recovery point with the fields that a real one has, about a kilobyte of answer."""
    start = FIRST + number * step
    return {"_id": {"$oid": f"{0x5f80d0a8 << 64 | number:024x}"},
            "name": f"backupinst-{start}", "type": "SNAPSHOT", "source_type": "kubernetes",
            "state": "READY" if number % 10 else "DELETING", "start_time": start, "end_time": start + 9,
            "cluster_name": "testcluster", "backupdef_name": "testbackup", "pv_count": number % 7,
            "backup_selection": {"all_namespaces": True, "snapshotPersistentVolumes": True},
            "num_total_resources": 780, "num_backup_resources": 780, "message": "Backup Successful"}


def fill(api, points, step):
    for begin in range(0, points, BATCH):
        documents = [point(number, step) for number in range(begin, min(points, begin + BATCH))]
        api.call("POST", "catalog/import?allow_missing=true", {"backupinstances": documents})
        if begin % 100_000 == 0:
            print(f"  {begin + len(documents):,} points", flush=True)
