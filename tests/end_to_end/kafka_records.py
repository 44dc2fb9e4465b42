"""A record appended to a partition of a topic, as a producer of somebody else's would."""
import struct
import time

from services import ask_kafka

PRODUCE, PRODUCE_VERSION = 0, 3
ALL_REPLICAS = -1


def produce(kafka: str, topic: str, partition: int, key: bytes, value: bytes) -> int:
    """The offset that it got."""
    batch, name = record_batch(key, value), topic.encode()
    body = (struct.pack(">hhii", -1, ALL_REPLICAS, 10_000, 1) + struct.pack(">h", len(name)) + name
            + struct.pack(">iii", 1, partition, len(batch)) + batch)
    answer = ask_kafka(int(kafka.rpartition(":")[2]), PRODUCE, PRODUCE_VERSION, body)
    _, error, offset = struct.unpack_from(">ihq", answer, 4 + 2 + len(name) + 4)
    assert error == 0, f"the broker refused the record: {error}"
    return offset


def record_batch(key: bytes, value: bytes) -> bytes:
    """One record in a batch of format 2."""
    record = b"\0" + varint(0) + varint(0) + varint(len(key)) + key + varint(len(value)) + value + varint(0)
    record = varint(len(record)) + record
    now = int(time.time() * 1000)
    checked = struct.pack(">hiqqqhii", 0, 0, now, now, -1, -1, -1, 1) + record
    rest = struct.pack(">ibI", -1, 2, crc32c(checked)) + checked
    return struct.pack(">qi", 0, len(rest)) + rest


def varint(number: int) -> bytes:
    number, text = number << 1, bytearray()
    while number > 0x7F:
        text.append(number & 0x7F | 0x80)
        number >>= 7
    text.append(number)
    return bytes(text)


def crc32c(content: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF
