"""Which recorded markets the tests replay."""


def chosen(recordings):
    """Every recorded book of the directory, and one day of quotes."""
    files = [*sorted(recordings.glob("l2/*.csv.zst")), *sorted(recordings.glob("l3/*.csv.zst"))]
    return files + sorted(recordings.glob("fx_ticks/GBPJPY*.csv.zst"))


def gather(files, market):
    """Makes `market` a directory of these files alone, and returns it."""
    for path in files:
        (market / path.parent.name).mkdir(parents=True, exist_ok=True)
        (market / path.parent.name / path.name).symlink_to(path.resolve())
    return market
