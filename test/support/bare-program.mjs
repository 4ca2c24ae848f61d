// The program of bare-context.mjs: what a page would do with the library. Values go out as JSON text, because objects of
// another context are not equal to those of this one.

import {
  assembleHost,
  buildCapture,
  buildConnection,
  buildFinding,
  connectionText,
  createCaptureReader,
  createExplainer,
  createPcapngWriter,
  diagnoseCapture,
  diagnoseConnection,
  diagnoseHost,
  diagnosisContext,
  egressPath,
  FrameLayers,
  reportJson,
  Segmenter,
} from './index.js';

/** Names of what is no part of the language but is there. */
export function globals() {
  const names =
    'process Buffer require global TextDecoder TextEncoder URL console setTimeout queueMicrotask performance fetch document window self crypto structuredClone Blob';
  return names.split(' ').filter((name) => name in globalThis);
}

/** Explains a capture given as numbers; the chunks that the reader gets are odd on purpose. */
export function explain(numbers, hostText) {
  const bytes = Uint8Array.from(numbers);
  const host = assembleHost([{ path: 'ethtool_-k_eth0', text: hostText }], { name: 'host' });
  const explainer = createExplainer({ captureIndex: 0 });
  const end = read(bytes, explainer.sink);
  const measured = explainer.finish(end);
  const context = diagnosisContext(measured, []);
  const connections = [...measured.connections].map((connection) => {
    const { verdicts, beliefs } = diagnoseConnection(connection, context);
    return buildConnection(connection, verdicts, beliefs, { language: 'en', idOffset: 0 });
  });
  const findings = [...diagnoseCapture(measured, context), ...diagnoseHost(host)];
  const capture = buildCapture(factsOf(end, measured), 'en');
  const parts = {
    toolVersion: '0',
    captures: [capture],
    connections,
    findings: () => findings.map((finding) => buildFinding(finding, undefined, 'ko')),
    udpFlows: [],
  };
  const options = { language: 'en', colour: false, width: 100, verbose: false };
  return JSON.stringify({
    report: JSON.parse([...reportJson(parts)].join('')),
    text: connections.flatMap((connection) => connectionText(connection, capture, options)),
    host: host.name,
    writtenFrames: writtenFrames(bytes),
    segments: cutCount(bytes),
    stations: egressPath().length,
  });
}

function read(bytes, sink) {
  const reader = createCaptureReader(sink, { file: 'capture' });
  for (let at = 0; at < bytes.length; at += 4097) reader.write(bytes.subarray(at, at + 4097));
  return reader.end();
}

function factsOf(end, { interfaces, firstTime, durationNs, otherPackets }) {
  const linkTypes = interfaces.map(({ linkType }) => linkType);
  return {
    path: 'capture',
    compression: null,
    end,
    linkTypes,
    firstTime,
    durationNs,
    otherPackets,
    interrupted: false,
  };
}

/** Calls `take` with each frame. */
function eachFrame(bytes, take) {
  read(bytes, { onInterface() {}, onFrame: take });
}

/** Writes the frames as pcapng, reads that, and counts. */
function writtenFrames(bytes) {
  const pieces = [];
  const writer = createPcapngWriter((piece) => pieces.push(...piece));
  const tap = writer.addInterface({ linkType: 1 });
  eachFrame(bytes, (view, start, captured, original, time) => writer.frame(view, start, captured, original, time, tap));
  writer.flush();
  return read(Uint8Array.from(pieces), { onInterface() {}, onFrame() {} }).packetCount;
}

/** How many packets the frames make when each is cut at 360 bytes of payload. */
function cutCount(bytes) {
  const layers = new FrameLayers();
  const segmenter = new Segmenter();
  let count = 0;
  eachFrame(bytes, (view, start, captured, original) => {
    const known = layers.parse(view, start, captured, original, 1);
    count += known ? segmenter.begin(view, start, captured, layers, { segmentBytes: 360 }) : 1;
  });
  return count;
}
