// The public library: pure, runs in a browser too. What touches the machine is in `wiretruth/node`.
//
// The folders are the stations of a packet, in this order (docs/path.md):
// bytes -> capture -> wire -> packets -> flow -> analysis -> diagnosis -> report.
// A capture goes through them like this:
//
//   const explainer = createExplainer({ captureIndex: 0 });
//   const reader = createCaptureReader(explainer.sink, { file: 'name for messages' });
//   reader.write(bytes);                               // any chunking
//   const measured = explainer.finish(reader.end());   // what: numbers
//   const context = diagnosisContext(measured, []);    // [] or what assembleHost made
//   for (const connection of measured.connections) {
//     const { verdicts, beliefs } = diagnoseConnection(connection, context);                           // why
//     const report = buildConnection(connection, verdicts, beliefs, { language: 'en', idOffset: 0 });  // words
//   }

// Captures in: pcap and pcapng, any chunking, into a FrameSink.

export { type EpochTime, isoTime, type TimeNs, timeNs } from './bytes/time.ts';
export { CaptureError, type CaptureErrorCode, type CapturePlace } from './capture/capture-error.ts';
export type { CaptureEnd, CaptureReader, CaptureWarning } from './capture/capture-reader.ts';
export { createCaptureReader } from './capture/chunk-reader.ts';
export { type CaptureInterface, FrameFlags, type FrameSink, LinkType } from './wire/frame.ts';

// Captures out. Each writer hands its bytes to a function.

export { createPcapWriter, type PcapWriter, type PcapWriterOptions } from './capture/pcap-writer.ts';
export {
  createPcapngWriter,
  type InterfaceToWrite,
  type PcapngWriter,
  type PcapngWriterOptions,
  type StatisticsToWrite,
} from './capture/pcapng-writer.ts';
export { type CaptureRewriter, createCaptureRewriter } from './capture/rewriter.ts';

// What was measured.

export type {
  CaptureMeasurement,
  CapturePointEvidence,
  ChecksumCounts,
  ConnectionMeasurement,
  DirectionMeasurement,
  RetransmissionMeasurement,
  RowSample,
  UdpFlowMeasurement,
  WindowMeasurement,
} from './analysis/measurement.ts';
export { createExplainer, type Explainer } from './explain.ts';

// Why: verdicts with what speaks for and against them, and fixes with their undo.

export { type ConnectionDiagnosis, diagnoseConnection, diagnosisContext } from './diagnosis/diagnose.ts';
export { diagnoseCapture, diagnoseHost } from './diagnosis/diagnose-host.ts';
export type { DiagnosisContext } from './diagnosis/rule.ts';
export type { Fix, Verdict } from './diagnosis/verdict.ts';

// The state of a host, from the texts of its commands; and what a change of an offload would move.

export { assembleHost, type HostNaming, type HostText } from './hoststate/assemble.ts';
export { type ChangePlan, type FeatureChange, PlanError, planChange } from './hoststate/check/plan.ts';
export { type CollectedOutput, deviceOutputs, HOST_OUTPUTS } from './hoststate/collection.ts';
export type { DeviceState, HostState, NetworkState } from './hoststate/host-state.ts';

// The report: as data (`wiretruth schema` has its JSON Schema), as JSON text in pieces, as lines for a terminal.

export { type BuildOptions, buildConnection, buildFinding } from './report/build.ts';
export { buildCapture, buildUdpFlow, type CaptureFacts } from './report/build-capture.ts';
export { type ReportParts, reportJson } from './report/json.ts';
export { type Language, renderMessage } from './report/messages/render.ts';
export type {
  CaptureReport,
  ConnectionReport,
  DirectionReport,
  EvidenceReport,
  FindingReport,
  FixReport,
  Report,
  UdpFlowReport,
  VerdictReport,
} from './report/model.ts';
export { captureLines, connectionText, findingsText, udpText } from './report/text.ts';
export type { TextOptions } from './report/text-style.ts';

// The offloads themselves, byte for byte as the kernel does them: cut a super-packet, merge segments.

export { isLeftToDevice } from './offload/checksum-offload.ts';
export { type ChecksumKnowledge, type DeviceMerge, Gro, type GroOptions, type GroSink } from './offload/gro.ts';
export { type CutOptions, Segmenter } from './offload/gso.ts';
export type { HeldPacket } from './offload/held.ts';
export { FrameLayers, type LayerProblem } from './offload/layers.ts';
export { type GroRules, groLines, groRulesFor } from './offload/rules.ts';

// The way of a packet through Linux, as data.

export { egressPath, ingressPath, type PathEra, type PathStation } from './kernel/path.ts';
