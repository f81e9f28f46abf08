"""Reads journal files in the most obvious way, for tests: no CRC check, no recovery, whole records only."""

import struct
from collections import namedtuple
from pathlib import Path

Record = namedtuple("Record", "topic epoch offset topic_prev type flags payload")

SPOT, DEPTH, BAR, TICK, SYMBOL, CONNECTION, JOB, BOOK, SIGNAL, FLOW, SENTIMENT = 10, 11, 12, 13, 14, 15, 18, 40, 41, 42, 43
EPOCH_START, SOURCE_DOWN, SOURCE_UP, LOSS, CLOCK = 101, 103, 104, 105, 106
END_OF_STEP = 2
FIRST_CONTROL = 100


def segments(directory):
    def key(path):
        epoch, first = path.stem.split("-")
        return int(epoch), int(first)

    return sorted(Path(directory).glob("*.log"), key=key)


def segments_beyond(directory, after):
    """Without the segments that another one follows at or before `after`."""
    paths = segments(directory)
    firsts = [int(path.stem.split("-")[1]) for path in paths]
    return [path for path, following in zip(paths, [*firsts[1:], after + 2]) if following > after + 1]


def records(directory, after=0):
    """All records, or those beyond offset `after`, whose segments alone are then read."""
    for path in segments_beyond(directory, after):
        data = path.read_bytes()
        at = 0
        while at + 8 <= len(data):
            (length,) = struct.unpack_from("<I", data, at)
            if length == 0 or at + 8 + length > len(data):
                break
            frame = data[at + 8 : at + 8 + length]
            topic_end = frame.index(b"|") + 1
            epoch, offset, topic_prev, _, kind, flags, _, _, size, magic = struct.unpack_from("<QQQqHHHHI4s", frame, topic_end)
            assert magic == b"DPW1", f"{path} at {at}"
            payload = frame[topic_end + 48 :]
            assert len(payload) == size
            at += (8 + length + 7) // 8 * 8
            if offset <= after:
                continue
            yield Record(frame[:topic_end].decode(), epoch, offset, topic_prev, kind, flags, payload)


def data_records(directory):
    """All but control records."""
    return (record for record in records(directory) if record.type < FIRST_CONTROL)
