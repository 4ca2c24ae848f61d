// Writes the parts of docs/ that repeat data of the code: npm run docs. A test fails when they are out of date.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { egressPath, ingressPath } from '../dist/kernel/path.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function table(title, stations) {
  const rows = stations.map((station) => {
    const label = station.tap ? `**${station.label}**` : station.label;
    const size = station.size === 'keeps' ? '' : station.size;
    return `| ${label} | ${size} | ${station.feature === undefined ? '' : `\`${station.feature}\``} | ${station.what} |`;
  });
  return [
    `### ${title}`,
    '',
    '| station | packets | ethtool feature | what happens |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The page with its table of stations as the code has them now. */
export function pathPage(current) {
  const stations = `${table('Sending', egressPath())}\n\n${table('Receiving', ingressPath())}`;
  return current.replace(
    /(<!-- stations -->)[\s\S]*(<!-- \/stations -->)/,
    (_, open, close) => `${open}\n${stations}\n${close}`,
  );
}

/** README.md with the report that `npm start` prints. */
export function readmePage(current) {
  const [, ...command] = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts.start.split(' ');
  const env = { ...process.env, COLUMNS: '100', NO_COLOR: '1' };
  delete env.FORCE_COLOR;
  const report = execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8', env }).trimEnd();
  const shown = ['```', `$ wiretruth ${command.slice(1).join(' ')}`, report, '```'].join('\n');
  return current.replace(
    /(<!-- report -->)[\s\S]*(<!-- \/report -->)/,
    (_, open, close) => `${open}\n${shown}\n${close}`,
  );
}

/** The pages that hold generated parts, and what writes each anew. */
export const pages = { 'README.md': readmePage, 'docs/path.md': pathPage };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [page, write] of Object.entries(pages)) {
    const file = join(root, page);
    writeFileSync(file, write(readFileSync(file, 'utf8')));
  }
}
