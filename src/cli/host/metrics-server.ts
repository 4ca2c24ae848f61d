// `wiretruth host metrics --listen`: the metrics over HTTP, read from the machine when asked, not more often than every few seconds.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotPossibleError, UsageError } from '../commands/command.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
/** A reading starts a dozen tools: scrapes within this time are given the same one. */
const FRESH_MILLISECONDS = 5_000;
const MOST_CONNECTIONS = 32;

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `9847` (then on 127.0.0.1), `127.0.0.1:9847`, `[::1]:9847`. */
export function listenAddress(text: string): ListenAddress {
  const match = /^(?:(?:\[([\da-fA-F:]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new UsageError(`host metrics: --listen ${text}: expected PORT, ADDRESS:PORT or [ADDRESS]:PORT`);
  }
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
}

/** Serves until SIGINT or SIGTERM. `read` gives the text of the metrics. */
export async function serveMetrics(address: ListenAddress, read: () => Promise<string>): Promise<void> {
  const fresh = cached(read);
  const server = createServer((request, response) => {
    void answer(request, response, fresh);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, address);
  const { address: host, port } = server.address() as AddressInfo;
  process.stderr.write(`wiretruth: metrics at http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics\n`);
  await untilAsked();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Scrapes that come together, or close behind one another, share one reading. A reading that failed is not kept. */
function cached(read: () => Promise<string>): () => Promise<string> {
  let reading: Promise<string> | undefined;
  let at = 0;
  return () => {
    if (reading === undefined || Date.now() - at > FRESH_MILLISECONDS) {
      at = Date.now();
      const started = read();
      reading = started;
      started.catch(() => {
        if (reading === started) reading = undefined;
      });
    }
    return reading;
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, read: () => Promise<string>): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Type': CONTENT_TYPE }).end('only GET and HEAD\n');
  } else if (path !== '/metrics') {
    response.writeHead(404, { 'Content-Type': CONTENT_TYPE }).end('the metrics are at /metrics\n');
  } else {
    try {
      const text = await read();
      response.writeHead(200, { 'Content-Type': CONTENT_TYPE }).end(text);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      response.writeHead(500, { 'Content-Type': CONTENT_TYPE }).end(`${why}\n`);
    }
  }
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(new NotPossibleError(`host metrics: cannot listen on ${host}:${port}: ${error.message}`)),
    );
    server.listen(port, host, resolve);
  });
}

function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
