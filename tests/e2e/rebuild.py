"""Rebuilds order books straight from recorded files, in the most obvious way.

It shares no code with the product: what the pipeline stores is held against this. Prices are integers in 1e-5
of a price unit, sizes integers in size * 10^d, d the largest number of decimals in the file, at least 2, which
is the scale the simulator sends them in.
"""

import csv
import subprocess
from decimal import Decimal
from heapq import nlargest, nsmallest
from itertools import groupby
from pathlib import Path


def rows_of(path):
    """The rows of a .csv or .csv.zst file as dictionaries."""
    if str(path).endswith(".zst"):
        text = subprocess.run(["zstd", "-dc", str(path)], check=True, capture_output=True, text=True).stdout
        return csv.DictReader(text.splitlines())
    return csv.DictReader(Path(path).read_text().splitlines())


def size_decimals(path):
    longest = max((len(row["size"].partition(".")[2]) for row in rows_of(path)), default=0)
    return max(2, longest)


def points(text):
    return int(Decimal(text).scaleb(5))


def l2_events(path, decimals):
    """One list of (side, price, size) per event that names levels; a list may begin with None: clear first."""
    for _, rows in groupby(rows_of(path), key=lambda row: row["ev"]):
        changes = []
        snapshot = False
        for row in rows:
            if row["kind"] == "S" and not snapshot:
                snapshot = True
                changes.append(None)
            if row["kind"] in "SD":
                changes.append((row["side"], points(row["price"]), int(Decimal(row["size"]).scaleb(decimals))))
        if changes:
            yield changes


def l2_books(path):
    """The book {side: {price: size}} after each event that changes it. The same objects, changed in place."""
    book = {"B": {}, "A": {}}
    for changes in l2_events(path, size_decimals(path)):
        before = {side: dict(levels) for side, levels in book.items()} if None in changes else None
        changed = False
        for change in changes:
            if change is None:
                book["B"].clear()
                book["A"].clear()
                continue
            side, price, size = change
            changed |= book[side].get(price, 0) != size
            if size:
                book[side][price] = size
            else:
                book[side].pop(price, None)
        if before is not None:
            changed = True  # every level of a snapshot comes as a new quote
        if changed:
            yield book


def l3_books(path):
    """The same from orders: a level is the sum of its orders."""
    decimals = size_decimals(path)
    orders = {}
    book = {"B": {}, "A": {}}
    for row in rows_of(path):
        if row["action"] == "trade":
            continue
        size = int(Decimal(row["size"]).scaleb(decimals))
        old = orders.pop(row["id"], None)
        if old:
            side, price, old_size = old
            book[side][price] -= old_size
            if not book[side][price]:
                del book[side][price]
        if row["action"] != "deleted" and size:
            orders[row["id"]] = (row["side"], points(row["price"]), size)
            levels = book[row["side"]]
            levels[points(row["price"])] = levels.get(points(row["price"]), 0) + size
        yield book


def summary(book, depth=10):
    """(bids, asks, mid in half points, spread in points, imbalance of the top 10); None where a side is empty."""
    bids = nlargest(depth, book["B"].items())
    asks = nsmallest(depth, book["A"].items())
    mid = spread = imbalance = None
    if bids and asks:
        mid = bids[0][0] + asks[0][0]
        spread = asks[0][0] - bids[0][0]
        bid_sum = sum(size for _, size in bids)
        ask_sum = sum(size for _, size in asks)
        imbalance = (bid_sum - ask_sum) / (bid_sum + ask_sum)
    return bids, asks, mid, spread, imbalance
