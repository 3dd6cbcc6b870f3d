"""Ravine's random numbers, written again: ChaCha8 by RFC 8439's quarter round, the key of a noise, the polar method.

crates/ravine/src/random.rs and crates/ravine/src/storage/noise.rs say what they are.
"""

import math

import numpy as np

MASK32, MASK64 = (1 << 32) - 1, (1 << 64) - 1
NOISE = 4  # Purpose::Noise


def chacha8(key, counter, stream):
    """The 16 words of a block."""
    words = [int.from_bytes(key[i : i + 4], "little") for i in range(0, 32, 4)]
    start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *words]
    start += [counter & MASK32, counter >> 32, stream & MASK32, stream >> 32]
    s = start.copy()

    def quarter(a, b, c, d):
        for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & MASK32
            mixed = s[z] ^ s[x]
            s[z] = (mixed << turn | mixed >> (32 - turn)) & MASK32

    for _ in range(4):
        for i in range(4):
            quarter(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return [(a + b) & MASK32 for a, b in zip(s, start)]


def stream(seed, purpose, worker):
    """The 64-bit words of random::stream, without end."""
    key = seed.to_bytes(8, "little") + worker.to_bytes(8, "little") + b"ravine/random/v1"
    counter = 0
    while True:
        words = chacha8(key, counter, purpose)
        yield from (low | high << 32 for low, high in zip(words[::2], words[1::2]))
        counter += 1


def normal(words):
    """Marsaglia's polar method; the second value of the pair is not used."""
    unit = lambda: (next(words) >> 11) * 2.0**-53
    while True:
        x, y = 2 * unit() - 1, 2 * unit() - 1
        square = x * x + y * y
        if 0 < square < 1:
            return x * math.sqrt(-2 * math.log(square) / square)


def mix(z):
    z = (z + 0x9E3779B97F4A7C15) & MASK64
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK64
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK64
    return z ^ z >> 31


def key(seed, step, parameter, state):
    fnv = 0xCBF29CE484222325
    for byte in parameter.encode() + b"\xff" + state.encode():
        fnv = ((fnv ^ byte) * 0x100000001B3) & MASK64
    return mix(mix(mix(seed) ^ step) ^ fnv)


def normal_matrix(key, rows, cols):
    """Row i is drawn from the stream of worker i."""
    drawn = [stream(key, NOISE, row) for row in range(rows)]
    return np.array([[normal(words) for _ in range(cols)] for words in drawn])
