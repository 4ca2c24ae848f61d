// Files that real tools made, read by us and by tshark: numbers, times, lengths must be equal to the nanosecond.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frameBytes, pcapFile, RecordingSink } from '../../test/support/capture-samples.ts';
import { haveTools, run } from '../../test/support/tools.ts';
import type { TimeNs } from '../bytes/time.ts';
import { createPcapWriter } from '../capture/pcap-writer.ts';
import { createPcapngWriter } from '../capture/pcapng-writer.ts';
import { openCapture } from './open-capture.ts';

const tools = haveTools(['tshark', 'editcap', 'mergecap', 'text2pcap'], 'comparing capture files with tshark');
const isRoot = process.getuid?.() === 0;
const lab = tools && haveTools(['tcpdump', 'unshare', 'ip', 'ping'], 'capturing with tcpdump') && isRoot;
if (!isRoot) process.stderr.write('SKIPPED: capturing with tcpdump needs root\n');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wiretruth-tools-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string): string => join(directory, name);

/** Number, time in nanoseconds since the epoch, length, captured length, comments: one line a packet. */
function byTshark(path: string): string[] {
  const fields = ['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len'].flatMap((field) => ['-e', field]);
  const lines = run('tshark', ['-n', '-r', path, '-T', 'fields', ...fields]).split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [number, time, length, captured] = line.split('\t');
      return [number, (time ?? '').replace('.', '').replace(/^0+(?=\d)/, ''), length, captured].join(' ');
    });
}

async function byUs(path: string): Promise<string[]> {
  const sink = new RecordingSink();
  const { end } = await openCapture(path, sink);
  expect(end.damage).toBeUndefined();
  const first = sink.calls.find((call) => call.call === 'firstTime')?.epoch ?? { seconds: 0, nanoseconds: 0 };
  const firstNs = BigInt(first.seconds) * 1_000_000_000n + BigInt(first.nanoseconds);
  return sink.frames.map((frame, i) =>
    [i + 1, firstNs + BigInt(frame.time), frame.originalLength, frame.bytes.length / 2].join(' '),
  );
}

async function expectSame(path: string, atLeast: number): Promise<void> {
  const ours = await byUs(path);
  expect(ours).toEqual(byTshark(path));
  expect(ours.length).toBeGreaterThanOrEqual(atLeast);
}

/** An Ethernet frame with IPv4 and UDP in it, so that tshark finds something. */
function datagram(i: number): Uint8Array {
  const frame = frameBytes(90 + (i % 50), i);
  frame.set(
    Buffer.from('020000000002020000000001080045000054000040004011000a0a0000010a000002', 'hex').subarray(0, 34),
    0,
  );
  return frame;
}

describe.skipIf(!tools)('read by tshark and by us alike', () => {
  const records = Array.from({ length: 300 }, (_, i) => ({
    seconds: 1_700_000_000 + Math.floor(i / 100) + (i === 150 ? -5 : 0),
    fraction: (i * 37_123) % 1_000_000,
    bytes: datagram(i),
    originalLength: 1500,
  }));
  const formats = ['pcap', 'pcapng', 'nsecpcap', 'modpcap'];

  beforeAll(() => {
    if (tools) writeFileSync(at('base.pcap'), pcapFile({ records }));
  });

  test('a file of microseconds, one of the other byte order, one of nanoseconds', async () => {
    await expectSame(at('base.pcap'), 300);
    writeFileSync(at('big.pcap'), pcapFile({ records, littleEndian: false }));
    await expectSame(at('big.pcap'), 300);
    const nano = records.map((record) => ({ ...record, fraction: record.fraction * 1000 + 7 }));
    writeFileSync(at('nano.pcap'), pcapFile({ records: nano, magic: 0xa1b23c4d }));
    await expectSame(at('nano.pcap'), 300);
  });

  test.each(formats)('what editcap made as %s, cut, shifted, with comments', async (format) => {
    for (const source of ['base.pcap', 'nano.pcap']) {
      const out = at(`${source}.${format}`);
      run('editcap', ['-F', format, at(source), out]);
      await expectSame(out, 300);
      run('editcap', ['-F', format, '-s', '60', '-t', '-0.000001', at(source), out]);
      await expectSame(out, 300);
    }
  });

  test('what mergecap made of files of different resolution, as several interfaces', async () => {
    for (const mode of ['none', 'all', 'any']) {
      run('mergecap', ['-I', mode, '-w', at('merged.pcapng'), at('base.pcap'), at('nano.pcap'), at('big.pcap')]);
      await expectSame(at('merged.pcapng'), 900);
    }
    run('mergecap', ['-a', '-w', at('appended.pcapng'), at('nano.pcap'), at('merged.pcapng')]);
    await expectSame(at('appended.pcapng'), 1200);
  });

  test('two pcapng files of different resolution, one behind the other', async () => {
    for (const name of ['base', 'nano']) run('editcap', ['-F', 'pcapng', at(`${name}.pcap`), at(`${name}.pcapng`)]);
    const sections = ['base', 'nano', 'base'].map((name) => readFileSync(at(`${name}.pcapng`)));
    writeFileSync(at('sections.pcapng'), Buffer.concat(sections));
    await expectSame(at('sections.pcapng'), 900);
  });

  test('what text2pcap made', async () => {
    run(
      'text2pcap',
      ['-q', '-', at('text.pcapng')],
      Buffer.from('0000 45 00 00 14 00 00 40 00 40 06 00 00 0a 00 00 01\n'),
    );
    await expectSame(at('text.pcapng'), 1);
  });

  test('comments that editcap put on packets', async () => {
    run('editcap', ['-a', '3:a comment ✓', '-a', '7:another', at('base.pcap'), at('comments.pcapng')]);
    const sink = new RecordingSink();
    await openCapture(at('comments.pcapng'), sink);
    const seen: [number, string][] = [];
    let frames = 0;
    for (const call of sink.calls) {
      if (call.call === 'frame') frames++;
      if (call.call === 'comment') seen.push([frames + 1, call.text]);
    }
    expect(seen).toEqual([
      [3, 'a comment ✓'],
      [7, 'another'],
    ]);
  });

  test('what our writers wrote', async () => {
    const parts: Uint8Array[] = [];
    const take = (bytes: Uint8Array): void => void parts.push(bytes.slice());
    const epoch = { seconds: 1_700_000_000, nanoseconds: 999_999_998 };
    const pcap = createPcapWriter(take, { linkType: 1 });
    pcap.startAt(epoch);
    for (let i = 0; i < 100; i++)
      pcap.frame(new DataView(datagram(i).buffer), 0, 60, 9000, (i * 1_234_567_891) as TimeNs);
    pcap.flush();
    writeFileSync(at('written.pcap'), Buffer.concat(parts.splice(0)));
    await expectSame(at('written.pcap'), 100);

    const pcapng = createPcapngWriter(take, { os: 'Linux', application: 'wiretruth' });
    pcapng.addInterface({ linkType: 1, name: 'a', hardware: 'h', speedBitsPerSec: 1e10 });
    pcapng.addInterface({ linkType: 1, name: 'b' });
    pcapng.startAt(epoch);
    for (let i = 0; i < 100; i++) {
      const more = { flags: 0x801, comments: [`wiretruth ${i}`], packetId: i, queue: 1 };
      pcapng.frame(new DataView(datagram(i).buffer), 0, 57, 9000, (i * 1_234_567_891) as TimeNs, i % 2, more);
    }
    pcapng.statistics(0, 0 as TimeNs, { received: 100, byInterface: 1 });
    pcapng.flush();
    writeFileSync(at('written.pcapng'), Buffer.concat(parts));
    await expectSame(at('written.pcapng'), 100);
    const filter =
      'frame.comment contains "wiretruth 42" && frame.interface_name == "a" && frame.packet_flags == 0x801';
    expect(run('tshark', ['-n', '-r', at('written.pcapng'), '-Y', filter, '-T', 'fields', '-e', 'frame.number'])).toBe(
      '43\n',
    );
  });
});

describe.skipIf(!lab)('captured by tcpdump in a namespace of its own', () => {
  const script = `
    ip link set lo up
    tcpdump -i "$1" $2 --immediate-mode -U -w "$3" 2>"$3.log" &
    dump=$!
    for i in $(seq 100); do grep -q listening "$3.log" && break; sleep 0.05; done
    ping -q -i 0.01 -c 30 -s 900 127.0.0.1 >/dev/null
    sleep 0.3
    kill -INT $dump
    wait $dump`;

  test.each([
    ['lo', '-s 96'],
    ['lo', '-s 96 --time-stamp-precision=nano'],
    ['any', '--time-stamp-precision=nano'],
    ['any', '-y LINUX_SLL'],
  ])('-i %s %s', async (device, more) => {
    const path = at(`tcpdump-${device}.pcap`);
    run('unshare', ['--net', 'sh', '-c', script, 'sh', device, more, path]);
    await expectSame(path, 60);
  });
});
