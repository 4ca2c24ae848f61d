import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostStateError } from '../hoststate/host-state.ts';
import { readHost } from './read-host.ts';
import { ARCHIVE_LIMITS, readArchive } from './sos-archive.ts';

const states = join(import.meta.dirname, '../../test/hosts');
const hasXz = spawnSync('xz', ['--version']).status === 0;
const report = 'sosreport-web1-2026-11-20-abcdefg';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretruth-host-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const tar = (...args: readonly string[]): void => void execFileSync('tar', args, { stdio: 'pipe' });
const at = (name: string): string => join(folder, name);
/** What was read, without what depends on the order of files. */
async function gist(path: string) {
  const host = await readHost(path);
  return {
    name: host.name,
    kernel: host.kernel,
    eno1: host.devices.get('eno1'),
    namespaces: [...host.namespaces.keys()],
    sockets: host.sockets,
    counters: [...host.counters].sort(([a], [b]) => (a < b ? -1 : 1)),
    logs: host.logs,
    problems: host.problems.map((problem) => problem.message),
    files: host.files.map((file) => file.path).sort(),
  };
}
async function refused(path: string): Promise<string> {
  const error: unknown = await readHost(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof HostStateError)) throw new Error(`not refused: ${path}`);
  return error.message.replaceAll(folder, 'DIR');
}

describe('a sos report', () => {
  it.each(['ustar', 'gnu', 'pax'])(
    'as a tar.gz in %s format is what its folder is, quoted by the same names',
    async (format) => {
      tar('-czf', at(`${format}.tar.gz`), `--format=${format}`, '-C', join(states, 'sos'), report);
      const packed = await gist(at(`${format}.tar.gz`));
      expect(packed).toEqual(await gist(join(states, 'sos', report)));
      expect(packed.eno1?.driver?.driver.source.file).toBe('sos_commands/networking/ethtool_-i_eno1');
      expect(packed.namespaces).toEqual(['router_ns-1']);
      expect(packed.problems).toEqual([]);
    },
  );
  it('as a plain tar', async () => {
    tar('-cf', at('plain.tar'), '-C', join(states, 'sos'), report);
    expect((await gist(at('plain.tar'))).eno1).toEqual((await gist(join(states, 'sos', report))).eno1);
  });
  it.skipIf(!hasXz)('as a tar.xz where xz is installed', async () => {
    tar('-cJf', at('sos.tar.xz'), '-C', join(states, 'sos'), report);
    expect(await gist(at('sos.tar.xz'))).toEqual(await gist(at('plain.tar')));
  });
  it('as a tar.xz without xz on the machine: a message that says what to do', async () => {
    writeFileSync(at('no-xz.tar.xz'), Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(600)]));
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      expect(await refused(at('no-xz.tar.xz'))).toBe(
        'DIR/no-xz.tar.xz: found no xz tool on this machine; expected the xz tool (package xz-utils or xz), or the archive unpacked into a folder',
      );
    } finally {
      process.env['PATH'] = path;
    }
  });
  it('with a folder name longer than a tar header holds', async () => {
    const long = `sos-${'n'.repeat(150)}`;
    cpSync(join(states, 'sos', report), at(long), { recursive: true });
    const ours = await gist(at(long));
    for (const format of ['gnu', 'pax']) {
      tar('-czf', at(`long-${format}.tgz`), `--format=${format}`, '-C', folder, long);
      expect((await gist(at(`long-${format}.tgz`))).eno1).toEqual(ours.eno1);
    }
  });
  it('in an archive below ./, and a plain folder of outputs in an archive', async () => {
    tar('-czf', at('dot.tar.gz'), '-C', join(states, 'sos'), `./${report}`);
    expect((await gist(at('dot.tar.gz'))).eno1?.driver?.driver.value).toBe('bnx2x');
    tar('-czf', at('plain-outputs.tgz'), '-C', states, 'vmxnet3-rhel8');
    const host = await readHost(at('plain-outputs.tgz'));
    expect([host.name, [...host.devices.keys()], host.problems]).toEqual(['app4', ['ens192'], []]);
  });
});

describe('an archive that is not to be believed', () => {
  it('cut at any byte: what came before is read, the cut is told', async () => {
    const whole = readFileSync(at('plain.tar'));
    let partly = 0;
    for (let cut = 1; cut < whole.length; cut += 997) {
      writeFileSync(at('cut.tar'), whole.subarray(0, cut));
      const { members, problems } = await readArchive(at('cut.tar'), 'none', () => true);
      if (members.length > 0 && problems.length > 0) partly += 1;
      for (const problem of problems) expect(['cut-short', 'bad-archive']).toContain(problem.code);
    }
    expect(partly).toBeGreaterThan(10);
  });
  it('a cut or damaged gzip is a problem with its cause, not a crash', async () => {
    const whole = readFileSync(at('gnu.tar.gz'));
    writeFileSync(at('cut.tar.gz'), whole.subarray(0, whole.length - 200));
    expect((await readHost(at('cut.tar.gz'))).problems.map((problem) => problem.code)).toContain('bad-archive');
    // Behind the header of gzip, any byte; also in its checksum, which comes after the archive's own end.
    for (let place = 20; place < whole.length; place += 97) {
      const flipped = Buffer.from(whole);
      flipped[place] = (flipped[place] ?? 0) ^ 0xff;
      writeFileSync(at('flipped.tar.gz'), flipped);
      const { problems } = await readArchive(at('flipped.tar.gz'), 'gzip', () => true);
      expect(problems.length, `byte ${place} flipped`).toBeGreaterThan(0);
    }
  });
  it('names that leave the archive, links and devices are passed over', async () => {
    mkdirSync(at('evil/in'), { recursive: true });
    writeFileSync(at('evil/ss'), 'ESTAB 0 0 1.1.1.1:1 2.2.2.2:2\n');
    writeFileSync(at('evil/in/nstat'), 'IpInReceives 1 0.0\n');
    writeFileSync(at('evil/uname'), 'Linux evil 6.1.0\n');
    symlinkSync('/etc/passwd', at('evil/dmesg'));
    tar('-cPf', at('evil.tar'), '-C', at('evil/in'), '../ss', 'nstat', at('evil/uname'), '-C', at('evil'), 'dmesg');
    const host = await readHost(at('evil.tar'));
    expect(host.counters.get('IpInReceives')?.value).toBe(1);
    expect(host.sockets).toEqual([]);
    expect(host.kernel).toBeUndefined();
    expect(host.logs).toEqual([]);
    expect(host.problems.map((problem) => problem.code)).toEqual(['bad-archive', 'bad-archive']);
  });
  it('limits hold: member, kept bytes, unpacked bytes, members', async () => {
    mkdirSync(at('big'), { recursive: true });
    for (const name of ['ss', 'nstat', 'dmesg']) writeFileSync(at(`big/${name}`), 'x'.repeat(5000));
    tar('-cf', at('big.tar'), '-C', folder, 'big/dmesg', 'big/nstat', 'big/ss');
    const read = async (limits: Partial<typeof ARCHIVE_LIMITS>) => {
      const { members, problems } = await readArchive(at('big.tar'), 'none', () => true, {
        ...ARCHIVE_LIMITS,
        ...limits,
      });
      return [members.map((member) => member.bytes.length), problems.map((problem) => problem.code)];
    };
    expect(await read({})).toEqual([[5000, 5000, 5000], []]);
    expect(await read({ memberBytes: 100 })).toEqual([
      [100, 100, 100],
      ['too-large', 'too-large', 'too-large'],
    ]);
    expect(await read({ keptBytes: 7000 })).toEqual([
      [5000, 2000, 0],
      ['too-large', 'too-large'],
    ]);
    expect((await read({ members: 2 }))[1]).toEqual(['too-large']);
  });
  it('a small archive that unpacks to gigabytes stops at the limit', async () => {
    writeFileSync(
      at('bomb.tar.gz'),
      gzipSync(Buffer.concat([readFileSync(at('big.tar')).subarray(0, 5120 + 1024), Buffer.alloc(50_000_000, 1)])),
    );
    const { problems } = await readArchive(at('bomb.tar.gz'), 'gzip', () => true, {
      ...ARCHIVE_LIMITS,
      unpackedBytes: 1_000_000,
    });
    expect(problems).toHaveLength(1);
  });
  it('text that claims to be an archive', async () => {
    writeFileSync(at('text.tar.gz'), gzipSync('hello\n'));
    expect((await readHost(at('text.tar.gz'))).problems.map((problem) => problem.code)).toEqual(['not-understood']);
    if (!hasXz) return;
    writeFileSync(at('noise.tar.xz'), Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(600, 7)]));
    expect(await refused(at('noise.tar.xz'))).toMatch(
      /^DIR\/noise\.tar\.xz: found "?xz: .*expected an archive that xz can unpack$/s,
    );
  });
});

describe('files and folders', () => {
  it('one text file, also gzipped, is enough', async () => {
    writeFileSync(
      at('dmesg.gz'),
      gzipSync('[  1.0] TCP: eth0: Driver has suspect GRO implementation, TCP performance may be compromised.\n'),
    );
    expect((await readHost(at('dmesg.gz'))).logs.map((log) => [log.kind, log.source])).toEqual([
      ['suspect-gro', { file: 'dmesg', line: 1 }],
    ]);
    const host = await readHost(join(states, 'bnxt-lro-pasted/what-i-typed.txt'));
    expect(host.devices.get('enp59s0f0np0')?.features.get('rx-lro')?.value.active).toBe(true);
  });
  it('a folder at any depth; links are not followed; what is unknown is listed', async () => {
    mkdirSync(at('deep/a/b/c'), { recursive: true });
    writeFileSync(at('deep/a/b/c/nstat.txt'), '#kernel\nIpInReceives 5 0.0\n');
    writeFileSync(at('deep/notes.md'), 'nothing to see\n');
    writeFileSync(at('deep/photo.png'), Buffer.from([0x89, 0, 0, 1]));
    symlinkSync('/etc/passwd', at('deep/ss'));
    symlinkSync(at('deep'), at('deep/again'));
    const host = await readHost(at('deep'));
    expect(host.counters.get('IpInReceives')?.source).toEqual({ file: 'a/b/c/nstat.txt', line: 2 });
    expect(
      host.files
        .filter((file) => file.kind === undefined)
        .map((file) => file.path)
        .sort(),
    ).toEqual(['notes.md', 'photo.png']);
    expect(host.problems).toEqual([]);
  });
  it('nothing there, nothing known, nothing readable: each says what was expected', async () => {
    mkdirSync(at('empty'));
    expect(await refused(at('nowhere'))).toBe(
      'DIR/nowhere: found nothing there; expected a folder, a text file or a sos report',
    );
    expect((await readHost(at('empty'))).problems.map((problem) => problem.message.replaceAll(folder, 'DIR'))).toEqual([
      'DIR/empty: found 0 files, none of which is an output known here; expected outputs of ethtool -k, -i, -S, ss -tmi, nstat -az, dmesg, ip -s -d link, sysctl -a, tc -s qdisc show, uname -r, or a sos report',
    ]);
    writeFileSync(at('photo.png'), Buffer.from([0x89, 0, 0, 1]));
    expect(await refused(at('photo.png'))).toBe(
      'DIR/photo.png: found binary data; expected text, or a sos report as tar, tar.gz or tar.xz',
    );
    writeFileSync(at('old.tar.bz2'), 'BZh91AY');
    expect(await refused(at('old.tar.bz2'))).toBe(
      'DIR/old.tar.bz2: found bzip2 compression; expected tar, tar.gz or tar.xz; unpack it and give the folder',
    );
    expect(await refused('/dev/null')).toContain('neither a file nor a folder');
  });
  it('files of /proc are read although they say size 0', async () => {
    const host = await readHost('/proc/net/snmp');
    expect(host.counters.get('IpInReceives')?.value).toBeGreaterThanOrEqual(0);
  });
});
