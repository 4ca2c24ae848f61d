// Writes the parts of docs/ that repeat data of the code: npm run docs. A test fails when they are out of date.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { egressPath, ingressPath } from '../dist/kernel/path.js';

const pathFile = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'path.md');

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

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(pathFile, pathPage(readFileSync(pathFile, 'utf8')));
