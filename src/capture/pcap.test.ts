import { describe, expect, test } from 'vitest';
import { frameBytes, pcapFile, readInChunks, type SamplePcap } from '../../test/support/capture-samples.ts';
import { CaptureError } from './capture-error.ts';

const three: SamplePcap = {
  records: [
    { seconds: 1_700_000_000, fraction: 999_999, bytes: frameBytes(60) },
    { seconds: 1_700_000_001, fraction: 3, bytes: frameBytes(96, 1), originalLength: 65_226 },
    { seconds: 1_700_000_001, fraction: 3, bytes: frameBytes(0, 2), originalLength: 0 },
  ],
};
const times = [0, 4_000, 4_000];

describe('a pcap file', () => {
  test('gives each frame with its bytes, lengths and time since the first', () => {
    const { sink, end } = readInChunks(pcapFile(three));
    expect(sink.calls[0]).toEqual({ call: 'interface', info: { index: 0, linkType: 1, snapLength: 262_144 } });
    expect(sink.calls[1]).toEqual({ call: 'firstTime', epoch: { seconds: 1_700_000_000, nanoseconds: 999_999_000 } });
    expect(sink.frames.map((frame) => frame.time)).toEqual(times);
    expect(sink.frames.map((frame) => frame.bytes)).toEqual(
      three.records.map((record) => Buffer.from(record.bytes).toString('hex')),
    );
    expect(sink.frames.map((frame) => frame.originalLength)).toEqual([60, 65_226, 0]);
    expect(end).toEqual({ format: 'pcap', packetCount: 3, capturedBytes: 156, originalBytes: 65_286, warnings: [] });
  });

  test('is read alike in both byte orders', () => {
    const little = readInChunks(pcapFile(three));
    const big = readInChunks(pcapFile({ ...three, littleEndian: false }));
    expect(big.sink.calls).toEqual(little.sink.calls);
    expect(big.end).toEqual(little.end);
  });

  test('of nanoseconds loses none, years after the first packet', () => {
    const records = [
      { seconds: 1_700_000_000, fraction: 999_999_999, bytes: frameBytes(14) },
      { seconds: 1_700_000_001, fraction: 0, bytes: frameBytes(14) },
      { seconds: 1_700_000_000 + 86_400 * 100, fraction: 123_456_789, bytes: frameBytes(14) },
    ];
    for (const littleEndian of [true, false]) {
      const { sink } = readInChunks(pcapFile({ magic: 0xa1b23c4d, littleEndian, records }));
      expect(sink.calls[1]).toEqual({ call: 'firstTime', epoch: { seconds: 1_700_000_000, nanoseconds: 999_999_999 } });
      expect(sink.frames.map((frame) => frame.time)).toEqual([0, 1, 86_400e9 * 100 - 999_999_999 + 123_456_789]);
    }
  });

  test('may hold seconds beyond 2038', () => {
    const records = [
      { seconds: 0x7fffffff, fraction: 0, bytes: frameBytes(14) },
      { seconds: 0x80000001, fraction: 5, bytes: frameBytes(14) },
    ];
    expect(readInChunks(pcapFile({ records })).sink.frames.map((frame) => frame.time)).toEqual([0, 2e9 + 5000]);
  });

  test('of the modified format has longer record headers, with the direction', () => {
    const header = (type: number) => Uint8Array.from([0, 0, 0, 0, 0, 0, type, 0]);
    for (const [type, flags] of [
      [0, 1],
      [1, 1],
      [4, 2],
      [5, 0],
    ] as const) {
      const { sink, end } = readInChunks(pcapFile({ ...three, magic: 0xa1b2cd34, extra: header(type) }));
      expect(end?.packetCount).toBe(3);
      expect(sink.frames.map((frame) => [frame.flags, frame.time])).toEqual(times.map((time) => [flags, time]));
    }
  });

  test('of version 2.2 has its two lengths the other way round, one of version 2.3 perhaps', () => {
    const expected = readInChunks(pcapFile(three)).sink.frames;
    expect(readInChunks(pcapFile({ ...three, version: [2, 2], swapLengths: true })).sink.frames).toEqual(expected);
    expect(readInChunks(pcapFile({ ...three, version: [2, 3], swapLengths: true })).sink.frames).toEqual(expected);
    expect(readInChunks(pcapFile({ ...three, version: [2, 3] })).sink.frames).toEqual(expected);
  });

  test('says in its link type word how long the frame check sequence is', () => {
    const { sink } = readInChunks(pcapFile({ ...three, linkWord: 0x2400_0001 }));
    expect(sink.calls[0]).toMatchObject({ info: { linkType: 1, fcsBytes: 4 } });
  });

  test('without packets is a capture of none, and has no first time', () => {
    const { sink, end } = readInChunks(pcapFile({ records: [] }));
    expect(end).toEqual({ format: 'pcap', packetCount: 0, capturedBytes: 0, originalBytes: 0, warnings: [] });
    expect(sink.calls.map((call) => call.call)).toEqual(['interface']);
  });
});

describe('an odd pcap file', () => {
  test('with time going backwards is read, and the steps back are counted', () => {
    const at = (seconds: number) => ({ seconds, fraction: 0, bytes: frameBytes(14) });
    const { sink, end } = readInChunks(pcapFile({ records: [at(10), at(12), at(11), at(9), at(20), at(19)] }));
    expect(sink.frames.map((frame) => frame.time)).toEqual([0, 2e9, 1e9, -1e9, 10e9, 9e9]);
    expect(end?.warnings).toEqual([
      { code: 'time-went-backwards', count: 3, message: 'packet 3 is 1000000000 ns earlier than the packet before it' },
    ]);
  });

  test('with more captured than there was keeps the frame and warns', () => {
    const records = [1, 2].map((seconds) => ({ seconds, fraction: 0, bytes: frameBytes(60), originalLength: 40 }));
    const { sink, end } = readInChunks(pcapFile({ records }));
    expect(sink.frames.map((frame) => [frame.bytes.length / 2, frame.originalLength])).toEqual([
      [60, 40],
      [60, 40],
    ]);
    expect(end?.warnings).toMatchObject([{ code: 'captured-longer-than-original', count: 2 }]);
    expect(end?.warnings[0]?.message).toContain('packet 1');
  });

  test('with a fraction of more than a second warns', () => {
    const records = [
      { seconds: 1, fraction: 0, bytes: frameBytes(14) },
      { seconds: 1, fraction: 1_000_001, bytes: frameBytes(14) },
    ];
    const { sink, end } = readInChunks(pcapFile({ records }));
    expect(sink.frames.map((frame) => frame.time)).toEqual([0, 1_000_001_000]);
    expect(end?.warnings).toMatchObject([{ code: 'time-out-of-range', count: 1 }]);
  });

  test('of a link type that is not decoded warns and gives the frames', () => {
    const { end } = readInChunks(pcapFile({ ...three, linkWord: 147 }));
    expect(end).toMatchObject({ packetCount: 3, warnings: [{ code: 'unknown-link-type', count: 1 }] });
  });

  test('with a huge length ends there; what came before is delivered', () => {
    const lie = { seconds: 1_700_000_002, fraction: 0, bytes: frameBytes(60), capturedLength: 0xfffffff0 };
    for (const littleEndian of [true, false]) {
      const { sink, end } = readInChunks(pcapFile({ littleEndian, records: [...three.records, lie] }));
      expect(sink.frames).toHaveLength(3);
      expect(end?.damage).toBeInstanceOf(CaptureError);
      expect(end?.damage?.code).toBe('lying-length');
      expect(end?.damage?.place).toEqual({ file: 'sample', packet: 4, offset: 24 + 3 * 16 + 156 });
      expect(end?.damage?.message).toBe(
        'sample: packet 4 at byte 0xe4: captured length 4294967280 (0xfffffff0) in the record header; at most 16777216 bytes are expected',
      );
    }
  });

  test('refuses the same length whether or not the bytes are there', () => {
    const length = 16 * 1024 * 1024 + 1;
    const file = pcapFile({ records: [{ seconds: 1, fraction: 0, bytes: new Uint8Array(0), capturedLength: length }] });
    const whole = Buffer.concat([file, Buffer.alloc(length + 100)]);
    expect(readInChunks(whole).end?.damage?.code).toBe('lying-length');
    expect(readInChunks(whole, [1 << 20]).end?.damage?.code).toBe('lying-length');
    expect(readInChunks(file).end?.damage?.code).toBe('lying-length');
  });

  test('of an unknown version is refused', () => {
    const { thrown } = readInChunks(pcapFile({ ...three, version: [3, 0] }));
    expect(thrown).toMatchObject({ code: 'unsupported-version' });
    expect(String(thrown)).toContain('pcap version 3.0');
  });

  test('that ends inside a record says how much of it is there', () => {
    const file = pcapFile(three);
    expect(readInChunks(file.subarray(0, file.length - 5)).end?.damage?.problem).toBe(
      'the file ends after 11 of the 16 bytes of a record header',
    );
    const inFrame = readInChunks(file.subarray(0, file.length - 20)).end?.damage;
    expect(inFrame?.problem).toBe('the record header says 96 captured bytes, but the file ends after 92 of them');
    expect(inFrame?.place).toEqual({ file: 'sample', packet: 2, offset: 24 + 16 + 60 });
  });
});
