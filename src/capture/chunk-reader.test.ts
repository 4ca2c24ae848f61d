import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BlockBuilder,
  type FrameCall,
  frameBytes,
  join,
  pcapFile,
  RecordingSink,
  readInChunks,
  type SampleOption,
  text,
} from '../../test/support/capture-samples.ts';
import type { EpochTime, TimeNs } from '../bytes/time.ts';
import type { FrameSink } from '../wire/frame.ts';
import { CaptureError } from './capture-error.ts';
import { createCaptureReader } from './chunk-reader.ts';
import { createPcapWriter } from './pcap-writer.ts';
import { createPcapngWriter } from './pcapng-writer.ts';
import type { RawBlockHook } from './record-parser.ts';
import { createCaptureRewriter } from './rewriter.ts';

/** Small captures of every kind; each is cut, bent and chunked below. */
function samples(): [string, Uint8Array][] {
  const records = [40, 0, 61, 5, 14].map((length, i) => ({
    seconds: 1_700_000_000 + i * 3 - (i === 3 ? 7 : 0),
    fraction: 999_990 + i,
    bytes: frameBytes(length, i),
    originalLength: i === 2 ? 20 : 1500,
  }));
  const found: [string, Uint8Array][] = [
    ['pcap', pcapFile({ records })],
    ['big-endian pcap', pcapFile({ records, littleEndian: false })],
    ['nanosecond pcap', pcapFile({ records, magic: 0xa1b23c4d })],
    ['modified pcap', pcapFile({ records, magic: 0xa1b2cd34, extra: frameBytes(8) })],
  ];
  const section = (build: BlockBuilder): Uint8Array =>
    join(
      build.section([[3, text('Linux')]]),
      build.interface(
        [
          [2, text('eth0')],
          [9, Uint8Array.of(9)],
        ],
        1,
        20,
      ),
      build.packet(1_700_000_000_000_000_000n, frameBytes(21)),
      build.packet(1_700_000_000_000_000_001n, frameBytes(7), { options: [[2, build.u32(1)]] }),
      build.packet(1_700_000_000_000_000_000n, frameBytes(0), {
        options: [
          [1, text('why ✓')],
          [4, build.u64(3n)],
        ],
      }),
      build.simplePacket(frameBytes(20), 90),
      build.oldPacket(1_700_000_000_000_000_009n, frameBytes(5), 2),
      build.block(77, frameBytes(4)),
      build.statistics([[5, build.u64(9n)]]),
    );
  const little = section(new BlockBuilder(true));
  const big = section(new BlockBuilder(false));
  found.push(['pcapng', little], ['big-endian pcapng', big], ['pcapng of two orders', join(little, big)]);
  return found;
}

function oddClocks(): Uint8Array {
  const build = new BlockBuilder(false);
  const packets = [5, 6, 7, 8].map((i) => build.packet(1024n * 1_700_000_000n + BigInt(i), frameBytes(9, i)));
  const later = build.packet(1_600_000_000_000_000_003n, frameBytes(5), { interfaceNumber: 1 });
  const resolution: SampleOption = [9, Uint8Array.of(0x80 | 10)];
  const offset: SampleOption = [14, build.u64(100_000_000n)];
  return join(
    build.section(),
    build.interface([resolution]),
    build.interface([[9, Uint8Array.of(9)], offset]),
    ...packets,
    later,
    later,
  );
}

const offsetOf = (error: CaptureError | undefined): number => error?.place.offset ?? Number.POSITIVE_INFINITY;

describe.each(samples())('%s', (_name, file) => {
  const whole = readInChunks(file);

  test('is read alike in chunks of any sizes', () => {
    expect(whole.end?.damage).toBeUndefined();
    expect(whole.end?.packetCount).toBeGreaterThan(4);
    expect(readInChunks(file, [1])).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        expect(readInChunks(file, sizes)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  test('cut at any byte gives what was complete, and says where the rest is missing', () => {
    for (let length = 0; length < file.length; length++) {
      const cut = readInChunks(file.subarray(0, length), [file.length]);
      expect(cut.sink.calls).toEqual(whole.sink.calls.slice(0, cut.sink.calls.length));
      if (cut.end === undefined) {
        expect(cut.thrown).toBeInstanceOf(CaptureError);
        expect(cut.sink.frames).toEqual([]);
        continue;
      }
      expect(cut.end.packetCount).toBe(cut.sink.frames.length);
      expect([undefined, 'truncated']).toContain(cut.end.damage?.code);
      if (cut.end.damage !== undefined) expect(offsetOf(cut.end.damage)).toBeLessThan(length);
      expect(readInChunks(file.subarray(0, length), [3])).toEqual(cut);
    }
  });

  test('with bytes flipped throws nothing but CaptureError, and is still read alike in any chunks', () => {
    const flips = fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(flips, fc.integer({ min: 1, max: 50 }), (changes, size) => {
        const bent = file.slice();
        for (const [at, mask] of changes) bent[at] = (bent[at] ?? 0) ^ mask;
        const once = readInChunks(bent);
        if (once.end === undefined) expect(once.thrown).toBeInstanceOf(CaptureError);
        else expect(once.end.packetCount).toBe(once.sink.frames.length);
        const again = readInChunks(bent, [size]);
        expect(again.sink.calls).toEqual(once.sink.calls);
        expect(again.end).toEqual(once.end);
        expect(String(again.thrown)).toBe(String(once.thrown));
      }),
      { numRuns: 300 },
    );
  });

  test('is handed out as it is, piece by piece, to whoever asks', () => {
    const pieces: Uint8Array[] = [];
    const kinds: string[] = [];
    const sink = new RecordingSink();
    const reader = createCaptureReader(sink, {
      file: 'sample',
      onRawBlock: (bytes, kind) => {
        pieces.push(bytes.slice());
        kinds.push(kind);
      },
    });
    for (let at = 0; at < file.length; at += 50) reader.write(file.subarray(at, at + 50));
    expect(reader.end()).toEqual(whole.end);
    expect(sink.calls).toEqual(whole.sink.calls);
    expect(join(...pieces)).toEqual(file);
    expect(kinds.filter((kind) => kind === 'frame')).toHaveLength(sink.frames.length);
    expect(kinds[0]).toBe('header');
  });
});

class RewritingSink extends RecordingSink {
  readonly parts: Uint8Array[] = [];
  readonly rewriter = createCaptureRewriter((bytes) => void this.parts.push(bytes.slice()));
  readonly keep: (packet: number) => boolean;
  held = new Uint8Array(0);

  constructor(keep: (packet: number) => boolean) {
    super();
    this.keep = keep;
  }

  rewrite(file: Uint8Array): Uint8Array {
    const onRawBlock: RawBlockHook = (bytes, kind) => {
      if (kind === 'frame') this.held = bytes.slice();
      else this.rewriter.raw(bytes, kind);
    };
    const reader = createCaptureReader(this, { file: 'sample', onRawBlock });
    for (let at = 0; at < file.length; at += 33) reader.write(file.subarray(at, at + 33));
    reader.end();
    this.rewriter.flush();
    return join(...this.parts);
  }

  override onFirstTime(epoch: EpochTime): void {
    super.onFirstTime(epoch);
    this.rewriter.startAt(epoch);
  }

  override onFrame(...[view, start, captured, original, time, index, flags]: Parameters<FrameSink['onFrame']>): void {
    super.onFrame(view, start, captured, original, time, index, flags);
    if (this.keep(this.frames.length)) this.rewriter.raw(this.held, 'frame');
    else this.rewriter.frame(view, start, captured, original, time, index, { flags });
  }
}

describe.each([...samples(), ['pcapng of odd clocks', oddClocks()] as [string, Uint8Array]])(
  '%s, rewritten',
  (_name, file) => {
    test('is the same byte for byte when no frame is changed', () => {
      expect(new RewritingSink(() => true).rewrite(file)).toEqual(file);
    });

    test('has the same frames when every other one is written anew', () => {
      const sink = new RewritingSink((packet) => packet % 2 === 1);
      const again = readInChunks(sink.rewrite(file));
      expect(again.end?.damage).toBeUndefined();
      const withoutFlags = (frame: FrameCall): object => ({ ...frame, flags: 0 });
      expect(again.sink.frames.map(withoutFlags)).toEqual(sink.frames.map(withoutFlags));
    });
  },
);

test('no first bytes at all make it throw anything but CaptureError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 600 }), (bytes, size) => {
      const { end, thrown } = readInChunks(bytes, [size]);
      if (end === undefined) expect(thrown).toBeInstanceOf(CaptureError);
    }),
  );
});

test('an error of the sink comes out as it is', () => {
  const sink = new RecordingSink();
  sink.onFrame = () => {
    throw new TypeError('mine');
  };
  const reader = createCaptureReader(sink, { file: 'sample' });
  const file = pcapFile({ records: [{ seconds: 1, fraction: 0, bytes: frameBytes(20) }] });
  expect(() => reader.write(file)).toThrow(new TypeError('mine'));
});

test('a lying length costs no memory: what is kept is what came', () => {
  const lie = pcapFile({
    records: [{ seconds: 1, fraction: 0, bytes: frameBytes(9), capturedLength: 16 * 1024 * 1024 }],
  });
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 200 }, () => {
    const reader = createCaptureReader(new RecordingSink(), { file: 'sample' });
    reader.write(lie);
    return reader;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  expect(readers[0]?.end().damage?.code).toBe('truncated');
});

test('after damage further bytes are ignored and the reader says that it has stopped', () => {
  const records = [{ seconds: 1, fraction: 0, bytes: frameBytes(9), capturedLength: 0x7fffffff }];
  const sink = new RecordingSink();
  const reader = createCaptureReader(sink, { file: 'sample' });
  expect(reader.stopped).toBe(false);
  reader.write(pcapFile({ records }));
  expect(reader.stopped).toBe(true);
  reader.write(pcapFile({ records: [{ seconds: 1, fraction: 0, bytes: frameBytes(9) }] }));
  expect(reader.end()).toMatchObject({ packetCount: 0, damage: { code: 'lying-length' } });
});

test('an incomplete record is no damage when the file was still growing', () => {
  const file = pcapFile({ records: [1, 2].map((seconds) => ({ seconds, fraction: 0, bytes: frameBytes(9) })) });
  const reader = createCaptureReader(new RecordingSink(), { file: 'sample' });
  reader.write(file.subarray(0, file.length - 3));
  expect(reader.end('still-growing')).toEqual({
    format: 'pcap',
    packetCount: 1,
    capturedBytes: 9,
    originalBytes: 9,
    warnings: [],
  });
});

describe('what is no capture', () => {
  const problemOf = (bytes: Uint8Array): string => {
    const { thrown } = readInChunks(bytes, [7]);
    expect(thrown).toBeInstanceOf(CaptureError);
    return String((thrown as CaptureError).message);
  };

  test.each([
    ['', 'sample: the file is empty; expected a pcap or pcapng capture'],
    ['\x1f\x8b\x08\0', 'looks like gzip-compressed data (decompress it first)'],
    ['\xfd7zXZ\0...', 'looks like xz-compressed data (decompress it first: xz -dc FILE | ...)'],
    ['BZh91AY', 'bzip2'],
    ['PK\x03\x04', 'a zip archive'],
    ['snoop\0\0\0\0\0\0\x02', 'a snoop capture (Solaris) (convert it with: editcap IN OUT.pcapng)'],
    ['\x7fELF\x02', 'an ELF program'],
    [
      '07:00:00.000001 IP 10.0.0.1.5201 > 10.0.0.2.4000: Flags [.]\n',
      '(printed by tcpdump; write a file with tcpdump -w)',
    ],
    ['{"schema": 1}\n', 'looks like text, "{"schema": 1}"'],
    ['\x01\x02\x03', 'begins with the bytes 01 02 03, which no known capture format does'],
    ['\0'.repeat(700), 'begins with 512 zero bytes'],
    [`${'a'.repeat(257)}ustar`, 'a tar archive'],
  ])('is told apart (%#)', (latin1, expected) => {
    expect(problemOf(Uint8Array.from(Buffer.from(latin1, 'latin1')))).toContain(expected);
  });

  test('a pcap header that is cut is a capture that is cut', () => {
    expect(problemOf(pcapFile({ records: [] }).subarray(0, 20))).toBe(
      'sample: byte 0x0: the file ends after 20 of the 24 bytes of a pcap file header',
    );
  });
});

const anyFrames = fc.array(
  fc.record({
    bytes: fc.uint8Array({ maxLength: 70 }),
    more: fc.nat(70_000),
    stepNs: fc.integer({ min: -1000, max: 3_000_000_000 }),
    flags: fc.nat(0xfff),
    comments: fc.array(
      fc.string({ maxLength: 9 }).map((value) => value.replaceAll('\0', '')),
      { maxLength: 2 },
    ),
    tap: fc.nat(1),
  }),
  { minLength: 1, maxLength: 20 },
);
const anyEpoch = fc.record({ seconds: fc.integer({ min: 100, max: 4_000_000_000 }), nanoseconds: fc.nat(999_999_999) });

function collect(): { take: (bytes: Uint8Array) => void; file: () => Uint8Array } {
  const parts: Uint8Array[] = [];
  return { take: (bytes) => void parts.push(bytes.slice()), file: () => join(...parts) };
}

describe('what the writers write', () => {
  test('as pcap is read back the same, in both byte orders and units', () => {
    fc.assert(
      fc.property(anyFrames, anyEpoch, fc.boolean(), fc.boolean(), (frames, epoch, littleEndian, micro) => {
        const { take, file } = collect();
        const writer = createPcapWriter(take, {
          linkType: 1,
          littleEndian,
          resolution: micro ? 'microseconds' : 'nanoseconds',
        });
        const unit = micro ? 1000 : 1;
        writer.startAt({ ...epoch, nanoseconds: epoch.nanoseconds - (epoch.nanoseconds % unit) });
        let time = 0;
        const expected = frames.map(({ bytes, more, stepNs }, i) => {
          time = i === 0 ? 0 : time + stepNs - (stepNs % unit);
          writer.frame(
            new DataView(bytes.buffer, bytes.byteOffset),
            0,
            bytes.length,
            bytes.length + more,
            time as TimeNs,
          );
          return { bytes: Buffer.from(bytes).toString('hex'), originalLength: bytes.length + more, time };
        });
        writer.flush();
        const { sink, end } = readInChunks(file());
        expect(end?.damage).toBeUndefined();
        expect(sink.frames).toMatchObject(expected);
        expect(sink.frames).toHaveLength(frames.length);
      }),
    );
  });

  test('as pcapng is read back the same, with its taps, flags and comments', () => {
    fc.assert(
      fc.property(anyFrames, anyEpoch, (frames, epoch) => {
        const { take, file } = collect();
        const writer = createPcapngWriter(take, {
          os: 'Linux',
          application: 'wiretruth',
          hardware: 'x86',
          comment: 'c',
        });
        const taps = [
          {
            linkType: 1,
            name: 'sender',
            description: 'above TSO',
            hardware: 'ixgbe',
            speedBitsPerSec: 1e10,
            snapLength: 96,
          },
          { linkType: 101, name: 'wire', filter: 'tcp', fcsBytes: 4 },
        ];
        for (const tap of taps) writer.addInterface(tap);
        writer.startAt(epoch);
        let time = 0;
        const expected: object[] = taps.map((tap, index) => ({
          call: 'interface',
          info: { ...tap, index, os: 'Linux' },
        }));
        expected.push({ call: 'firstTime', epoch });
        frames.forEach(({ bytes, more, stepNs, flags, comments, tap }, i) => {
          time = i === 0 ? 0 : time + stepNs;
          const originalLength = bytes.length + more;
          const view = new DataView(bytes.buffer, bytes.byteOffset);
          writer.frame(view, 0, bytes.length, originalLength, time as TimeNs, tap, {
            flags,
            comments,
            packetId: i,
            queue: 3,
          });
          for (const comment of comments) expected.push({ call: 'comment', text: Buffer.from(comment).toString() });
          const hex = Buffer.from(bytes).toString('hex');
          expected.push({ call: 'frame', bytes: hex, originalLength, time, interfaceIndex: tap, flags });
        });
        writer.statistics(0, time as TimeNs, { received: 5, byInterface: 1, byOs: 2 });
        expected.push({ call: 'drops', interfaceIndex: 0, drops: { received: 5, byInterface: 1, byOs: 2 } });
        writer.flush();
        const { sink, end } = readInChunks(file());
        expect(end?.damage).toBeUndefined();
        expect(sink.calls).toEqual(expected);
      }),
    );
  });

  test('may be longer than their buffer', () => {
    const { take, file } = collect();
    const writer = createPcapngWriter(take);
    writer.addInterface({ linkType: 1 });
    const frame = frameBytes(1_000_000);
    for (let i = 0; i < 5; i++) writer.frame(new DataView(frame.buffer), 0, frame.length, frame.length, i as TimeNs, 0);
    writer.flush();
    expect(readInChunks(file(), [70_000]).end).toMatchObject({ packetCount: 5, capturedBytes: 5_000_000 });
  });
});
