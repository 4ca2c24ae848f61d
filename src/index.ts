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
//   const context = diagnosisContext(measured, []);
//   for (const connection of measured.connections) {
//     const { verdicts, beliefs } = diagnoseConnection(connection, context);                           // why
//     const report = buildConnection(connection, verdicts, beliefs, { language: 'en', idOffset: 0 });  // words
//   }

export type {
  CaptureMeasurement,
  CapturePointEvidence,
  ConnectionMeasurement,
  DirectionMeasurement,
  UdpFlowMeasurement,
} from './analysis/measurement.ts';
export type { EpochTime, TimeNs } from './bytes/time.ts';
export { CaptureError, type CaptureErrorCode, type CapturePlace } from './capture/capture-error.ts';
export type { CaptureEnd, CaptureReader, CaptureWarning } from './capture/capture-reader.ts';
export { createCaptureReader } from './capture/chunk-reader.ts';
export {
  type ConnectionDiagnosis,
  diagnoseCapture,
  diagnoseConnection,
  diagnoseHost,
  diagnosisContext,
} from './diagnosis/diagnose.ts';
export type { Verdict } from './diagnosis/verdict.ts';
export { createExplainer, type Explainer } from './explain.ts';
export type { HostState } from './hoststate/host-state.ts';
export { buildConnection, buildFinding } from './report/build.ts';
export { buildCapture, buildUdpFlow } from './report/build-capture.ts';
export { type ReportParts, reportJson } from './report/json.ts';
export type {
  CaptureReport,
  ConnectionReport,
  DirectionReport,
  FindingReport,
  Report,
  VerdictReport,
} from './report/model.ts';
export { captureLines, connectionText, findingsText, udpText } from './report/text.ts';
export { type CaptureInterface, FrameFlags, type FrameSink, LinkType } from './wire/frame.ts';
