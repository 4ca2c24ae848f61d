// Machine side of "hoststate": a tar archive (a sos report, or a folder that someone packed), streamed. Only regular files
// that are wanted are kept, within limits; links are not followed and names that leave the archive are not believed.

import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HostStateError } from '../hoststate/host-state.ts';

export interface ArchiveLimits {
  /** Larger members are cut there. */
  readonly memberBytes: number;
  /** All kept members together. */
  readonly keptBytes: number;
  /** Unpacked bytes that are read at all: a small archive can unpack to terabytes. */
  readonly unpackedBytes: number;
  readonly members: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  memberBytes: 16 * 1024 * 1024,
  keptBytes: 256 * 1024 * 1024,
  unpackedBytes: 32 * 1024 * 1024 * 1024,
  members: 1_000_000,
};

export interface ArchiveMember {
  readonly path: string;
  readonly bytes: Buffer;
}

export interface ArchiveContents {
  readonly members: readonly ArchiveMember[];
  /** Regular files that were passed over, the first 10,000. */
  readonly passedOver: readonly string[];
  /** Damage, limits and names that were not believed. What came before the damage is in `members`. */
  readonly problems: readonly HostStateError[];
}

export type ArchiveCompression = 'none' | 'gzip' | 'xz';

/** Reads a tar archive and keeps the members that are wanted. Rejects only when the file cannot be opened. */
export async function readArchive(
  path: string,
  compression: ArchiveCompression,
  wanted: (path: string) => boolean,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): Promise<ArchiveContents> {
  const reader = new TarReader(path, wanted, limits);
  try {
    for await (const chunk of unpacked(path, compression)) {
      reader.push(chunk as Buffer);
      if (reader.stopped) break;
    }
    reader.end();
  } catch (error) {
    reader.problems.push(asHostStateError(path, error));
  }
  return { members: reader.members, passedOver: reader.passedOver, problems: reader.problems };
}

function asHostStateError(path: string, error: unknown): HostStateError {
  if (error instanceof HostStateError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new HostStateError('bad-archive', { file: path }, message, 'an archive that can be unpacked to its end', {
    cause: error,
  });
}

/** The archive's bytes, unpacked. */
function unpacked(path: string, compression: ArchiveCompression): AsyncIterable<unknown> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (compression === 'none') return file;
  if (compression === 'xz') return unpackedByXz(path, file);
  // pipeline destroys both ends when one fails; its error comes out of the loop that reads.
  return pipeline(file, createGunzip(), () => undefined);
}

/** Node has no xz: the `xz` tool does it when it is there. */
async function* unpackedByXz(path: string, file: Readable): AsyncGenerator<unknown> {
  const child = spawn('xz', ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-400);
  });
  const ended = new Promise<number | Error>((resolve) => {
    child.once('error', resolve);
    child.once('close', (code) => resolve(code ?? 1));
  });
  pipeline(file, child.stdin, () => undefined);
  try {
    yield* child.stdout;
    const status = await ended;
    if (status instanceof Error) throw noXz(path, status);
    if (status !== 0)
      throw new HostStateError(
        'bad-archive',
        { file: path },
        `xz: ${errors.trim() || `exit status ${status}`}`,
        'an archive that xz can unpack',
      );
  } finally {
    child.kill();
    file.destroy();
  }
}

function noXz(path: string, cause: Error): HostStateError {
  const found = 'code' in cause && cause.code === 'ENOENT' ? 'no xz tool on this machine' : cause.message;
  return new HostStateError(
    'missing-tool',
    { file: path },
    found,
    'the xz tool (package xz-utils or xz), or the archive unpacked into a folder',
    { cause },
  );
}

const BLOCK = 512;

interface OpenMember {
  readonly path: string;
  readonly kind: 'kept' | 'skipped' | 'long-name' | 'pax';
  /** Bytes still to come, without the padding. */
  left: number;
  padding: number;
  readonly parts: Buffer[];
  keptBytes: number;
}

/** Tar as ustar, GNU (long names, base-256 sizes) and pax write it, in chunks of any size. */
class TarReader {
  readonly members: ArchiveMember[] = [];
  readonly passedOver: string[] = [];
  readonly problems: HostStateError[] = [];
  /** Nothing more is wanted. After the archive's own end the rest is still unpacked: only then its checksum is seen. */
  stopped = false;
  private ended = false;
  private readonly file: string;
  private readonly wanted: (path: string) => boolean;
  private readonly limits: ArchiveLimits;
  private header: Buffer = Buffer.alloc(0);
  private open: OpenMember | undefined;
  private nextName: string | undefined;
  private nextSize: number | undefined;
  private offset = 0;
  private kept = 0;
  private count = 0;

  constructor(file: string, wanted: (path: string) => boolean, limits: ArchiveLimits) {
    this.file = file;
    this.wanted = wanted;
    this.limits = limits;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.ended && !this.stopped) {
      if (this.open !== undefined) {
        at += this.takeData(this.open, chunk, at);
      } else {
        const take = Math.min(BLOCK - this.header.length, chunk.length - at);
        this.header = Buffer.concat([this.header, chunk.subarray(at, at + take)]);
        at += take;
        if (this.header.length === BLOCK) this.takeHeader();
      }
    }
    this.offset += chunk.length;
    if (this.offset > this.limits.unpackedBytes && !this.stopped)
      this.stop('too-large', `more than ${this.limits.unpackedBytes} bytes unpacked`, 'a smaller archive');
  }

  end(): void {
    if (this.ended || this.stopped) return;
    if (this.open !== undefined)
      this.stop('cut-short', `the end inside ${JSON.stringify(this.open.path)}`, `${this.open.left} bytes more`);
    else if (this.header.length > 0)
      this.stop('cut-short', `${this.header.length} bytes at the end`, 'a header of 512 bytes');
    else if (this.count === 0) this.stop('bad-archive', 'an empty archive', 'files');
  }

  private stop(code: 'bad-archive' | 'too-large' | 'cut-short', found: string, expected: string): void {
    this.problems.push(new HostStateError(code, { file: this.file }, found, expected));
    this.stopped = true;
  }

  private takeHeader(): void {
    const header = this.header;
    this.header = Buffer.alloc(0);
    if (header.every((byte) => byte === 0)) {
      this.ended = true; // two zero blocks end an archive; one is enough to know
      return;
    }
    const size = this.nextSize ?? numberField(header, 124, 12);
    if (!checksumHolds(header) || size === undefined) {
      this.stop('bad-archive', 'a header whose checksum or size does not hold', 'a tar header');
      return;
    }
    this.count += 1;
    if (this.count > this.limits.members) {
      this.stop('too-large', `more than ${this.limits.members} members`, 'a smaller archive');
      return;
    }
    const type = String.fromCharCode(header[156] ?? 0);
    this.begin(type, this.nextName ?? nameOf(header), size);
  }

  private begin(type: string, path: string, size: number): void {
    const special = type === 'L' ? 'long-name' : type === 'x' ? 'pax' : undefined;
    if (special === undefined) {
      this.nextName = undefined;
      this.nextSize = undefined;
    }
    // Links and devices (1..6) say a size now and then but have no data.
    const bytes = /[1-6]/.test(type) ? 0 : size;
    const isFile = type === '0' || type === '\0' || type === '7';
    const kind = special ?? (isFile && this.keeps(path) ? 'kept' : 'skipped');
    this.open = {
      path: withoutDot(path),
      kind,
      left: bytes,
      padding: (BLOCK - (bytes % BLOCK)) % BLOCK,
      parts: [],
      keptBytes: 0,
    };
    if (isFile && kind === 'skipped' && this.passedOver.length < 10_000) this.passedOver.push(withoutDot(path));
    if (bytes === 0) this.finish(this.open);
  }

  private keeps(path: string): boolean {
    if (path.startsWith('/') || path.split('/').includes('..')) {
      this.problems.push(
        new HostStateError(
          'bad-archive',
          { file: this.file },
          `the name ${JSON.stringify(path.slice(0, 80))}`,
          'a name inside the archive; it was passed over',
        ),
      );
      return false;
    }
    return this.wanted(withoutDot(path));
  }

  /** Takes what of the chunk belongs to the open member; answers how many bytes. */
  private takeData(member: OpenMember, chunk: Buffer, at: number): number {
    const data = Math.min(member.left, chunk.length - at);
    if (data > 0 && member.kind !== 'skipped') this.store(member, chunk.subarray(at, at + data));
    member.left -= data;
    const padding = member.left === 0 ? Math.min(member.padding, chunk.length - at - data) : 0;
    member.padding -= padding;
    if (member.left === 0 && member.padding === 0) this.finish(member);
    return data + padding;
  }

  private store(member: OpenMember, data: Buffer): void {
    const limit = member.kind === 'kept' ? this.limits.memberBytes : 65_536;
    const room = Math.max(0, Math.min(limit - member.keptBytes, this.limits.keptBytes - this.kept));
    if (room < data.length && member.kind === 'kept' && (member.keptBytes > 0 || room > 0 || member.parts.length === 0))
      this.noteCut(member);
    if (room === 0) return;
    // Copied: the chunk belongs to a stream that may use it again.
    member.parts.push(Buffer.from(data.subarray(0, room)));
    member.keptBytes += Math.min(room, data.length);
    this.kept += Math.min(room, data.length);
  }

  private readonly cut = new Set<string>();

  private noteCut(member: OpenMember): void {
    if (this.cut.has(member.path)) return;
    this.cut.add(member.path);
    this.problems.push(
      new HostStateError(
        'too-large',
        { file: member.path },
        `more than ${member.keptBytes || this.limits.memberBytes} bytes`,
        'a smaller file; the rest was not read',
      ),
    );
  }

  private finish(member: OpenMember): void {
    this.open = undefined;
    const bytes = Buffer.concat(member.parts);
    if (member.kind === 'kept') this.members.push({ path: member.path, bytes });
    else if (member.kind === 'long-name') this.nextName = untilNul(bytes);
    else if (member.kind === 'pax') this.takePax(bytes);
  }

  /** pax records: "LENGTH key=value\n". */
  private takePax(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const space = bytes.indexOf(0x20, at);
      const length = space === -1 ? Number.NaN : Number(bytes.toString('latin1', at, space));
      if (!Number.isInteger(length) || length <= space - at + 1 || at + length > bytes.length) return;
      const record = bytes.toString('utf8', space + 1, at + length - 1);
      if (record.startsWith('path=')) this.nextName = record.slice(5);
      if (/^size=\d{1,15}$/.test(record)) this.nextSize = Number(record.slice(5));
      at += length;
    }
  }
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}

function untilNul(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  return bytes.toString('utf8', 0, nul === -1 ? bytes.length : nul);
}

/** Name, behind the ustar prefix where there is one. */
function nameOf(header: Buffer): string {
  const name = untilNul(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? untilNul(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or GNU's base 256 with the top bit set; undefined when neither, or above what a double counts. */
function numberField(header: Buffer, start: number, length: number): number | undefined {
  const first = header[start] ?? 0;
  if (first === 0x80) {
    let value = 0;
    for (let i = start + 1; i < start + length; i++) value = value * 256 + (header[i] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = untilNul(header.subarray(start, start + length)).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** The sum of all header bytes with the checksum field read as blanks (POSIX ustar). */
function checksumHolds(header: Buffer): boolean {
  const stated = numberField(header, 148, 8);
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : (header[i] ?? 0);
  return stated === sum;
}
