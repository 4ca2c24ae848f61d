import { describe, expect, test } from 'vitest';
import {
  BlockBuilder,
  frameBytes,
  join,
  readInChunks,
  type SampleOption,
  text,
} from '../../test/support/capture-samples.ts';

const little = new BlockBuilder(true);
const big = new BlockBuilder(false);
const ns: SampleOption = [9, Uint8Array.of(9)];
const start = 1_700_000_000_123_456_789n;
const frame = frameBytes(61);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Everything that a section can hold, in one byte order. */
function richSection(build: BlockBuilder): Uint8Array {
  return join(
    build.section([
      [3, text('Linux 6.18')],
      [4, text('dumpcap')],
    ]),
    build.interface(
      [
        [2, text('eth0')],
        [3, text('uplink')],
        [11, join(Uint8Array.of(0), text('tcp port 5201'))],
        [8, build.u64(1_000_000_000n)],
        ns,
        [15, text('Intel X710')],
        [16, build.u64(40_000_000_000n)],
        [17, build.u64(10_000_000_000n)],
        [13, Uint8Array.of(4)],
      ],
      1,
      96,
    ),
    build.interface(
      [
        [2, text('any')],
        [12, text('FreeBSD')],
      ],
      276,
    ),
    build.packet(start, frame, { options: [[2, build.u32(0x801)]] }),
    build.block(4, build.bytes().u16(1).u16(0).u32(0).done()),
    build.packet(start + 5n, frameBytes(3), {
      originalLength: 9000,
      options: [
        [1, text('first ✓')],
        [1, text('second')],
        [5, build.u64(77n)],
        [6, build.u32(2)],
        [4, build.u64(3n)],
      ],
    }),
    build.packet(start / 1000n + 1n, frameBytes(20), { interfaceNumber: 1 }),
    build.oldPacket(start + 2000n, frameBytes(8), 2),
    build.simplePacket(frameBytes(96), 1500),
    build.block(10, frameBytes(8)),
    build.block(0xbad, frameBytes(16)),
    build.block(0x7777, frameBytes(4)),
    build.statistics([
      [4, build.u64(1000n)],
      [5, build.u64(7n)],
      [7, build.u64(2n)],
    ]),
    build.packet(start + 10_000n, frame),
  );
}

describe('a pcapng file', () => {
  test('gives interfaces, frames, flags, comments and drops', () => {
    const { sink, end } = readInChunks(richSection(little));
    expect(sink.calls).toEqual([
      {
        call: 'interface',
        info: {
          index: 0,
          linkType: 1,
          snapLength: 96,
          os: 'Linux 6.18',
          name: 'eth0',
          description: 'uplink',
          filter: 'tcp port 5201',
          speedBitsPerSec: 40e9,
          hardware: 'Intel X710',
          fcsBytes: 4,
        },
      },
      { call: 'interface', info: { index: 1, linkType: 276, os: 'FreeBSD', name: 'any' } },
      { call: 'firstTime', epoch: { seconds: 1_700_000_000, nanoseconds: 123_456_789 } },
      { call: 'frame', bytes: hex(frame), originalLength: 61, time: 0, interfaceIndex: 0, flags: 0x801 },
      { call: 'comment', text: 'first ✓' },
      { call: 'comment', text: 'second' },
      { call: 'drops', interfaceIndex: 0, drops: { byInterface: 3 } },
      { call: 'frame', bytes: hex(frameBytes(3)), originalLength: 9000, time: 5, interfaceIndex: 0, flags: 0 },
      { call: 'frame', bytes: hex(frameBytes(20)), originalLength: 20, time: 211, interfaceIndex: 1, flags: 0 },
      { call: 'drops', interfaceIndex: 0, drops: { byInterface: 5 } },
      { call: 'frame', bytes: hex(frameBytes(8)), originalLength: 8, time: 2000, interfaceIndex: 0, flags: 0 },
      { call: 'frame', bytes: hex(frameBytes(96)), originalLength: 1500, time: 2000, interfaceIndex: 0, flags: 0 },
      { call: 'drops', interfaceIndex: 0, drops: { received: 1000, byInterface: 7, byOs: 2 } },
      { call: 'frame', bytes: hex(frame), originalLength: 61, time: 10_000, interfaceIndex: 0, flags: 0 },
    ]);
    expect(end).toMatchObject({ format: 'pcapng', packetCount: 6, capturedBytes: 61 + 3 + 20 + 8 + 96 + 61 });
    expect(end?.damage).toBeUndefined();
    expect(end?.warnings.map(({ code, count }) => [code, count])).toEqual([
      ['packets-without-time', 1],
      ['unknown-block', 1],
      ['capture-lost-packets', 9],
    ]);
  });

  test('is read alike in both byte orders', () => {
    const first = readInChunks(richSection(little));
    const second = readInChunks(richSection(big));
    expect(second.sink.calls).toEqual(first.sink.calls);
    expect(second.end).toEqual(first.end);
  });

  test('may have sections of different byte orders, whose interfaces are numbered on', () => {
    const { sink, end } = readInChunks(join(richSection(little), richSection(big), richSection(little)));
    const interfaces = sink.calls.filter((call) => call.call === 'interface').map((call) => call.info.index);
    expect(interfaces).toEqual([0, 1, 2, 3, 4, 5]);
    const one = readInChunks(richSection(little)).sink.frames;
    const shifted = [0, 2, 4].flatMap((base) =>
      one.map((each) => ({ ...each, interfaceIndex: each.interfaceIndex + base })),
    );
    // The times are those of the first section again, so the same as there.
    expect(sink.frames).toEqual(shifted);
    expect(end?.packetCount).toBe(18);
  });

  test('whose first packet has no time takes its time from the first that has', () => {
    const file = join(
      little.section(),
      little.interface([ns]),
      little.simplePacket(frame),
      little.packet(start, frame),
    );
    const { sink } = readInChunks(file);
    expect(sink.frames.map((each) => each.time)).toEqual([0, 0]);
    expect(sink.calls.filter((call) => call.call === 'firstTime')).toHaveLength(1);
  });
});

describe('a pcapng time', () => {
  const timesOf = (options: readonly SampleOption[], ticks: readonly bigint[], build = little) => {
    const packets = ticks.map((each) => build.packet(each, frame));
    const { sink, end } = readInChunks(join(build.section(), build.interface(options), ...packets));
    const first = sink.calls.find((call) => call.call === 'firstTime');
    return { epoch: first?.epoch, times: sink.frames.map((each) => each.time), warnings: end?.warnings };
  };

  test('is in microseconds unless told otherwise', () => {
    const { epoch, times } = timesOf([], [1_700_000_000_999_999n, 1_700_000_001_000_001n]);
    expect(epoch).toEqual({ seconds: 1_700_000_000, nanoseconds: 999_999_000 });
    expect(times).toEqual([0, 2000]);
  });

  test('keeps each nanosecond across the wrap of its low word, and for a hundred days', () => {
    const wrap = (0x179_8a5cn << 32n) - 1n;
    const later = wrap + 86_400n * 1_000_000_000n * 100n;
    const { times } = timesOf([ns], [wrap, wrap + 1n, wrap + 2n, later + 1n]);
    expect(times).toEqual([0, 1, 2, 8_640_000_000_000_001]);
  });

  test('may count in powers of two: 1/1024 second is rounded down to the nanosecond', () => {
    const { epoch, times } = timesOf(
      [[9, Uint8Array.of(0x80 | 10)]],
      [1024n * 1000n + 1n, 1024n * 1000n + 2n, 1024n * 1001n],
    );
    expect(epoch).toEqual({ seconds: 1000, nanoseconds: 976_562 });
    expect(times).toEqual([0, 1_953_125 - 976_562, 1_000_000_000 - 976_562]);
  });

  test('may count in 1/512 second, which is a whole number of nanoseconds', () => {
    expect(timesOf([[9, Uint8Array.of(0x80 | 9)]], [512n * 5n, 512n * 5n + 3n]).times).toEqual([0, 3 * 1_953_125]);
  });

  test('may count in picoseconds or in whole seconds', () => {
    expect(timesOf([[9, Uint8Array.of(12)]], [5_000_000_001_999n, 5_000_000_003_000n]).times).toEqual([0, 2]);
    expect(timesOf([[9, Uint8Array.of(0)]], [1_700_000_000n, 1_700_000_003n]).times).toEqual([0, 3e9]);
  });

  test('has the offset of its interface added, which may be negative', () => {
    for (const build of [little, big]) {
      const { epoch } = timesOf([ns, [14, build.u64(-3600n)]], [start], build);
      expect(epoch).toEqual({ seconds: 1_700_000_000 - 3600, nanoseconds: 123_456_789 });
    }
    expect(timesOf([ns, [14, little.u64(-1n)]], [1n]).epoch).toEqual({ seconds: -1, nanoseconds: 1 });
  });

  test('of one interface is compared with that of another of other resolution and offset', () => {
    const file = join(
      little.section(),
      little.interface([ns]),
      little.interface([
        [9, Uint8Array.of(3)],
        [14, little.u64(1_700_000_000n)],
      ]),
      little.interface([[9, Uint8Array.of(0x80 | 32)]]),
      little.packet(start, frame),
      little.packet(124n, frame, { interfaceNumber: 1 }),
      little.packet(1_700_000_000n << 32n, frame, { interfaceNumber: 2 }),
      little.packet(start + 1n, frame),
    );
    expect(readInChunks(file).sink.frames.map((each) => each.time)).toEqual([0, 543_211, -123_456_789, 1]);
  });

  test('further away than a double can tell nanoseconds warns', () => {
    const { warnings } = timesOf([ns], [1n, 1n << 62n]);
    expect(warnings).toMatchObject([{ code: 'time-out-of-range', count: 1 }]);
  });
});

describe('a damaged pcapng file', () => {
  const head = join(little.section(), little.interface([ns]), little.packet(start, frame));
  const problemOf = (bad: Uint8Array) => {
    const { sink, end } = readInChunks(join(head, bad, little.packet(start, frame)));
    expect(sink.frames).toHaveLength(1);
    expect(end?.packetCount).toBe(1);
    expect(end?.damage?.place.offset).toBe(head.length);
    return { code: end?.damage?.code, packet: end?.damage?.place.packet, problem: end?.damage?.problem };
  };
  const withLength = (length: number, trailer = length) => {
    const block = little.packet(start, frame);
    const view = new DataView(block.buffer);
    view.setUint32(4, length, true);
    view.setUint32(block.length - 4, trailer, true);
    return block;
  };

  test.each([
    [0, 'block length 0 is less than the 12 bytes of every block'],
    [11, 'block length 11 is less than the 12 bytes of every block'],
    [12, 'block of type 0x6 has length 12 at its start but 6 at its end; both must be equal'],
    [30, 'block length 30 is not a multiple of 4'],
    [0xfffffffc, 'block length 4294967292 (0xfffffffc); at most 33554432 bytes are expected'],
  ])('with a block length of %i ends there', (length, problem) => {
    expect(problemOf(withLength(length)).packet).toBe(2);
    const found = problemOf(withLength(length)).problem;
    if (length !== 12) expect(found).toBe(problem);
    else expect(found).toContain('block of type 0x6 has length 12 at its start but');
  });

  test('with a block shorter than its header names both', () => {
    expect(problemOf(little.block(6, frameBytes(16)))).toEqual({
      code: 'lying-length',
      packet: 2,
      problem: 'block length 28 is shorter than its own 32-byte header',
    });
  });

  test('with a length that is another at the end of the block ends there', () => {
    expect(problemOf(withLength(96, 100))).toEqual({
      code: 'bad-block',
      packet: 2,
      problem: 'block of type 0x6 has length 96 at its start but 100 at its end; both must be equal',
    });
  });

  test('with more captured than the block holds ends there', () => {
    expect(problemOf(little.packet(start, frame, { capturedLength: 65 })).problem).toBe(
      'captured length 65 in a block with room for 64',
    );
    expect(problemOf(little.packet(start, frame, { capturedLength: 0xffffffff })).code).toBe('lying-length');
  });

  test('with a packet of an interface that is not described ends there', () => {
    expect(problemOf(little.packet(start, frame, { interfaceNumber: 1 })).problem).toBe(
      'packet of interface 1, but the section has described 1 so far',
    );
    expect(problemOf(little.packet(start, frame, { interfaceNumber: 0xffffffff })).code).toBe('bad-block');
  });

  test('with a section of an unknown version or byte order ends there', () => {
    expect(problemOf(little.section([], [2, 0]))).toMatchObject({
      code: 'unsupported-version',
      problem: 'pcapng version 2.0; version 1.0 is known',
    });
    const section = little.section();
    section[8] = 0;
    expect(problemOf(section)).toMatchObject({ code: 'bad-block' });
  });

  test('whose first section is unreadable throws', () => {
    expect(readInChunks(little.section([], [2, 0])).thrown).toMatchObject({ code: 'unsupported-version' });
    expect(readInChunks(little.section().subarray(0, 20)).thrown).toMatchObject({ code: 'truncated' });
  });

  test('with an option that claims more than its block keeps the frame and warns', () => {
    const block = little.packet(start + 1n, frame, { options: [[1, text('abc')]] });
    new DataView(block.buffer).setUint16(28 + 64 + 2, 4000, true);
    const { end, sink } = readInChunks(join(head, block));
    expect(sink.frames).toHaveLength(2);
    expect(end?.damage).toBeUndefined();
    expect(end?.warnings).toMatchObject([{ code: 'option-ignored', count: 1 }]);
  });

  test('that ends inside a block says how much of it is there', () => {
    const { end } = readInChunks(head.subarray(0, head.length - 6));
    expect(end?.damage?.problem).toBe("the block's length is 96 bytes, but the file ends after 90 of them");
    expect(end?.damage?.place.packet).toBe(1);
    const short = readInChunks(join(head, Uint8Array.of(6, 0, 0, 0, 9))).end?.damage;
    expect(short?.problem).toBe('the file ends after 5 bytes of a block, which has 12 at least');
  });
});
