// From measured captures to the report on standard output, connection by connection: never all of them in memory at once.

import type { FileMeasurement } from '../../analysis/measurement.ts';
import { diagnoseFile, diagnosisContext } from '../../diagnosis/diagnose.ts';
import type { DiagnosisContext } from '../../diagnosis/rule.ts';
import type { Verdict } from '../../diagnosis/verdict.ts';
import type { Answers } from '../../explain/answers.ts';
import type { HostState } from '../../hoststate/host-state.ts';
import { buildFinding } from '../../report/build.ts';
import { buildCapture, buildUdpFlow } from '../../report/build-capture.ts';
import type { CaptureReport, FindingReport, Severity, UdpFlowReport } from '../../report/model.ts';
import { atLeast } from '../../report/summary.ts';
import { UsageError } from '../commands/command.ts';
import type { ExplainOptions } from '../commands/explain.ts';
import { ExitCode, gravest } from '../exit-codes.ts';
import { Interruption } from '../interruption.ts';
import { type MeasuredCapture, readCaptures } from './read-captures.ts';
import { writeJson } from './write-json.ts';
import { writeText } from './write-text.ts';

/** What the writers are given: parts of a report that come when they are asked for. */
export interface ExplainedCaptures {
  readonly captures: readonly CaptureReport[];
  /** Each is measured and diagnosed when it is asked for, and may be dropped after. Call once. */
  readonly ask: <Wanted extends keyof Answers>(wanted: Wanted, largest: number) => Iterable<Answers[Wanted]>;
  /** Call after the connections have been walked. */
  readonly findings: () => readonly FindingReport[];
  readonly udpFlows: readonly UdpFlowReport[];
}

/** Reads, measures, diagnoses and writes; gives the exit code. */
export async function explain(files: readonly string[], options: ExplainOptions): Promise<ExitCode> {
  const hosts = await readHosts(options.host ?? []);
  const readOptions = { follow: options.follow === true, quiet: options.quiet === true };
  const interruption = new Interruption();
  const { captures, exitCodes } = await readCaptures(files, readOptions, interruption);
  interruption.release();
  if (captures.length === 0) return gravest(exitCodes);
  const tally = new SeverityTally(options.failOn);
  await write(explainCaptures(captures, hosts, options, tally, await captureDiagnosis(hosts)), options);
  if (options.connection !== undefined && tally.connections === 0) {
    throw new UsageError(`--connection: no such connection among the ${tally.candidates} TCP connections read`);
  }
  return gravest([...exitCodes, ...(tally.failed ? [ExitCode.Findings] : [])]);
}

async function write(explained: ExplainedCaptures, options: ExplainOptions): Promise<void> {
  if (options.json === true) {
    await writeJson(explained, options.top);
  } else {
    await writeText(explained, options);
  }
}

/** What is to be said of a capture as a whole, and of the hosts; the rules about hosts are loaded when there are any. */
type CaptureDiagnosis = (measurement: FileMeasurement, context: DiagnosisContext) => readonly Verdict[];

async function captureDiagnosis(hosts: readonly HostState[]): Promise<CaptureDiagnosis> {
  if (hosts.length === 0) return diagnoseFile;
  return (await import('../../diagnosis/diagnose-host.ts')).diagnoseCapture;
}

/** What --fail-on asks, over all verdicts that pass by. */
class SeverityTally {
  failed = false;
  /** Connections that were looked at, chosen or not. */
  candidates = 0;
  connections = 0;
  private readonly least: Severity | undefined;

  constructor(least: Severity | undefined) {
    this.least = least;
  }

  see(severity: Severity): void {
    if (this.least !== undefined && atLeast(severity, this.least)) this.failed = true;
  }
}

async function readHosts(paths: readonly string[]): Promise<readonly HostState[]> {
  if (paths.length === 0) return [];
  const { readHost } = await import('../../node/read-host.ts');
  return Promise.all(paths.map((path) => readHost(path)));
}

function explainCaptures(
  measured: readonly MeasuredCapture[],
  hosts: readonly HostState[],
  options: ExplainOptions,
  tally: SeverityTally,
  diagnose: CaptureDiagnosis,
): ExplainedCaptures {
  const { lang } = options;
  return {
    captures: measured.map(({ facts }) => buildCapture(facts, lang)),
    ask: (wanted, largest) => explainConnections(measured, hosts, options, tally, { wanted, largest }),
    findings: () => explainFindings(measured, hosts, options, tally, diagnose),
    udpFlows: measured.flatMap(({ file }) => file.udpFlows.map((flow) => buildUdpFlow(flow))),
  };
}

function* explainConnections<Wanted extends keyof Answers>(
  measured: readonly MeasuredCapture[],
  hosts: readonly HostState[],
  { connection: choice, lang: language }: ExplainOptions,
  tally: SeverityTally,
  asked: { readonly wanted: Wanted; readonly largest: number },
): Generator<Answers[Wanted], void, undefined> {
  let idOffset = 0;
  for (const { file, ask } of measured) {
    const context = diagnosisContext(file, hosts);
    tally.candidates += file.connectionCount;
    for (const answer of ask({ ...asked, context, language, idOffset, choice })) {
      if (answer === undefined) continue;
      tally.connections++;
      if (answer.gravest !== undefined) tally.see(answer.gravest);
      yield answer;
    }
    idOffset += file.connectionCount;
  }
}

/** Findings on hosts come out alike for every capture: each is told once. */
function explainFindings(
  measured: readonly MeasuredCapture[],
  hosts: readonly HostState[],
  options: ExplainOptions,
  tally: SeverityTally,
  diagnose: CaptureDiagnosis,
): readonly FindingReport[] {
  const findings = new Map<string, FindingReport>();
  for (const { file } of measured) {
    for (const verdict of diagnose(file, diagnosisContext(file, hosts))) {
      tally.see(verdict.severity);
      const finding = buildFinding(verdict, hostOf(verdict, hosts), options.lang);
      findings.set(JSON.stringify(finding), finding);
    }
  }
  return [...findings.values()];
}

/** The host whose files the verdict's evidence quotes; undefined when it is about the capture. */
function hostOf(verdict: Verdict, hosts: readonly HostState[]): string | undefined {
  for (const { source } of verdict.evidence) {
    if (!source.startsWith('host:')) continue;
    const host = hosts.find(({ files }) => files.some((file) => source.startsWith(`host:${file.path}:`)));
    if (host !== undefined) return host.name;
  }
  return undefined;
}
