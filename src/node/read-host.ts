// Machine side of "hoststate": what `--host` names: a file, a folder, a sos report as a folder or archive. Read here, told
// apart and parsed in hoststate/.

import type { Dirent, Stats } from 'node:fs';
import { lstat, open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { assembleHost, type HostText } from '../hoststate/assemble.ts';
import { outputByName } from '../hoststate/detect.ts';
import { type HostState, HostStateError } from '../hoststate/host-state.ts';
import { indexSos, isSosOutput } from '../hoststate/sos-index.ts';
import { type ArchiveCompression, readArchive } from './sos-archive.ts';

/** Text files above this are cut; a kernel log of a week fits. */
const MOST_FILE_BYTES = 16 * 1024 * 1024;
/** What stands in a folder that is no sos report. */
const MOST_FILES = 5_000;
const MOST_DEPTH = 12;
const MOST_TOTAL_BYTES = 256 * 1024 * 1024;

/**
 * Reads a host's state from a file, a folder (any depth), or a sos report (folder, tar, tar.gz, tar.xz where `xz` is
 * installed). Rejects with HostStateError when nothing can be read at all; everything less is in `problems`.
 */
export async function readHost(path: string): Promise<HostState> {
  let found: Stats;
  try {
    found = await stat(path);
  } catch (error) {
    throw notReadable(path, error);
  }
  const name = basename(path).replace(/\.(?:tar(?:\.\w+)?|tgz|txz|txt|log)$/, '') || path;
  if (found.isDirectory()) return readFolder(path, name);
  if (found.isFile()) return readSingleFile(path, name);
  throw new HostStateError(
    'not-readable',
    { file: path },
    'neither a file nor a folder',
    'a folder, a text file or a sos report',
  );
}

function notReadable(path: string, error: unknown): HostStateError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const found =
    { ENOENT: 'nothing there', EACCES: 'no permission', EISDIR: 'a folder' }[code] ??
    (error instanceof Error ? error.message : String(error));
  return new HostStateError('not-readable', { file: path }, found, 'a folder, a text file or a sos report', {
    cause: error,
  });
}

async function readFolder(path: string, name: string): Promise<HostState> {
  const problems: HostStateError[] = [];
  const paths = await filesBelow(path, problems);
  const sos = indexSos(paths);
  const wanted = sos === undefined ? paths.map((file) => ({ path: file })) : sos.entries;
  const texts: HostText[] = [];
  const unread: string[] = [];
  let total = 0;
  for (const entry of wanted) {
    const text = total > MOST_TOTAL_BYTES ? undefined : await readText(path, entry.path, problems);
    if (text === undefined) unread.push(entry.path);
    else texts.push({ ...entry, text });
    total += text?.length ?? 0;
  }
  if (total > MOST_TOTAL_BYTES)
    problems.push(
      new HostStateError(
        'too-large',
        { file: path },
        `more than ${MOST_TOTAL_BYTES} bytes of text`,
        'a smaller folder; the rest was not read',
      ),
    );
  const root = sos?.root ?? '';
  return complained(
    path,
    assembleHost(shortened(texts, root), { name: root === '' ? name : root.slice(0, -1), unread, problems }),
  );
}

/** Paths inside a report are quoted from its root on: host:sos_commands/kernel/dmesg:12. */
function shortened(texts: readonly HostText[], root: string): readonly HostText[] {
  return root === ''
    ? texts
    : texts.map((text) => ({ ...text, path: text.path.startsWith(root) ? text.path.slice(root.length) : text.path }));
}

/** A host without a single output is an answer that has to be loud. */
function complained(path: string, host: HostState): HostState {
  if (host.files.some((file) => file.kind !== undefined)) return host;
  const problem = new HostStateError(
    'not-understood',
    { file: path },
    `${host.files.length} files, none of which is an output known here`,
    'outputs of ethtool -k, -i, -S, ss -tmi, nstat -az, dmesg, ip -s -d link, sysctl -a, tc -s qdisc show, uname -r, or a sos report',
  );
  return { ...host, problems: [...host.problems, problem] };
}

/** Regular files below a folder, sorted, as paths inside it. Links are not followed. In a sos report only what is read. */
async function filesBelow(root: string, problems: HostStateError[]): Promise<readonly string[]> {
  const files: string[] = [];
  const walk = async (inside: string, depth: number): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await readdir(join(root, inside), { withFileTypes: true });
    } catch (error) {
      if (inside === '') throw notReadable(root, error);
      problems.push(notReadable(inside, error));
      return;
    }
    const report = entries.some((entry) => entry.name === 'sos_commands' && entry.isDirectory());
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= MOST_FILES) return;
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory() && depth < MOST_DEPTH && (!report || SOS_FOLDERS.has(entry.name)))
        await walk(path, depth + 1);
      else if (
        entry.isFile() &&
        (!/(?:^|\/)(?:sos_commands|proc|var|etc)\//.test(path) || isSosOutput(path) || outputByName(path) !== undefined)
      )
        files.push(path);
    }
  };
  await walk('', 0);
  if (files.length >= MOST_FILES)
    problems.push(
      new HostStateError(
        'too-large',
        { file: root },
        `more than ${MOST_FILES} files`,
        'a folder with the outputs of one host; the rest was not read',
      ),
    );
  return files;
}

const SOS_FOLDERS = new Set(['sos_commands', 'proc', 'etc', 'var']);

async function readText(root: string, inside: string, problems: HostStateError[]): Promise<string | undefined> {
  const path = root === '' ? inside : join(root, inside);
  try {
    if (!(await lstat(path)).isFile()) return undefined;
    const handle = await open(path, 'r');
    try {
      // The size that stat says is 0 for files of /proc; read until the end or the limit.
      const bytes = Buffer.alloc(Math.min(MOST_FILE_BYTES, Math.max(65_536, (await handle.stat()).size + 1)));
      let length = 0;
      for (;;) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, null);
        length += bytesRead;
        if (bytesRead === 0 || length === bytes.length) break;
      }
      if (length === MOST_FILE_BYTES)
        problems.push(
          new HostStateError(
            'too-large',
            { file: inside },
            `more than ${MOST_FILE_BYTES} bytes`,
            'a smaller file; the rest was not read',
          ),
        );
      return textOf(bytes.subarray(0, length));
    } finally {
      await handle.close();
    }
  } catch (error) {
    problems.push(notReadable(inside, error));
    return undefined;
  }
}

/** Undefined for what is no text: a NUL within the first 4 KiB. */
function textOf(bytes: Buffer): string | undefined {
  return bytes.subarray(0, 4096).includes(0) ? undefined : bytes.toString('utf8');
}

type FileForm = 'text' | 'tar' | 'gzip' | 'xz' | 'bzip2' | 'zstd';

async function formOf(path: string): Promise<FileForm> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(512);
    await handle.read(head, 0, 512, 0);
    const hex = head.toString('hex', 0, 6);
    if (hex.startsWith('1f8b')) return 'gzip';
    if (hex === 'fd377a585a00') return 'xz';
    if (head.toString('latin1', 0, 3) === 'BZh') return 'bzip2';
    if (hex.startsWith('28b52ffd')) return 'zstd';
    return head.toString('latin1', 257, 262) === 'ustar' ? 'tar' : 'text';
  } finally {
    await handle.close();
  }
}

async function readSingleFile(path: string, name: string): Promise<HostState> {
  let form: FileForm;
  try {
    form = await formOf(path);
  } catch (error) {
    throw notReadable(path, error);
  }
  if (form === 'bzip2' || form === 'zstd') {
    throw new HostStateError(
      'not-readable',
      { file: path },
      `${form} compression`,
      'tar, tar.gz or tar.xz; unpack it and give the folder',
    );
  }
  if (form === 'gzip' || form === 'xz' || form === 'tar') {
    const single = form === 'gzip' ? await gunzippedText(path) : undefined;
    if (single !== undefined)
      return complained(path, assembleHost([{ path: basename(path).replace(/\.gz$/, ''), text: single }], { name }));
    return readArchived(path, name, form === 'tar' ? 'none' : form);
  }
  const problems: HostStateError[] = [];
  const text = await readText('', path, problems);
  if (text === undefined) {
    const problem =
      problems[0] ??
      new HostStateError(
        'not-readable',
        { file: path },
        'binary data',
        'text, or a sos report as tar, tar.gz or tar.xz',
      );
    throw problem;
  }
  return complained(path, assembleHost([{ path: basename(path), text }], { name, problems }));
}

const gunzipped = promisify(gunzip);

/** The text of a small gzip file that holds no archive (`dmesg.gz`). */
async function gunzippedText(path: string): Promise<string | undefined> {
  if ((await stat(path)).size > MOST_FILE_BYTES / 4) return undefined;
  try {
    const bytes = await gunzipped(await readFile(path), { maxOutputLength: MOST_FILE_BYTES });
    return bytes.toString('latin1', 257, 262) === 'ustar' ? undefined : textOf(bytes);
  } catch {
    return undefined; // too long or damaged: the archive reader says what is wrong with it
  }
}

async function readArchived(path: string, name: string, compression: ArchiveCompression): Promise<HostState> {
  const { members, passedOver, problems } = await readArchive(
    path,
    compression,
    (member) => isSosOutput(member) || outputByName(member) !== undefined || !SYSTEM_FOLDER.test(member),
  );
  if (members.length === 0 && problems[0] !== undefined) throw problems[0];
  const sos = indexSos(members.map((member) => member.path));
  const named = new Map(sos?.entries.map((entry) => [entry.path, entry]));
  const texts: HostText[] = [];
  const unread: string[] = sos === undefined ? [...passedOver] : [];
  for (const { path: member, bytes } of members) {
    const entry = named.get(member);
    if (sos !== undefined && entry === undefined) continue;
    const text = textOf(bytes);
    if (text === undefined) unread.push(member);
    else texts.push({ ...entry, path: member, text });
  }
  const root = sos?.root ?? commonRoot(members.map((member) => member.path));
  const hostName = root === '' ? name : root.slice(0, -1);
  return complained(path, assembleHost(shortened(texts, root), { name: hostName, unread, problems }));
}

/** Folders of a sos report, or of a whole file system: what is not known by name there is not read. */
const SYSTEM_FOLDER = /(?:^|\/)(?:sos_commands|sos_logs|sos_reports|proc|sys|etc|var|usr|boot|run|lib|root)\//;

/** The folder that all paths stand in, with its slash. */
function commonRoot(paths: readonly string[]): string {
  const first = paths[0]?.split('/')[0];
  return first !== undefined && paths.every((path) => path.startsWith(`${first}/`)) ? `${first}/` : '';
}
