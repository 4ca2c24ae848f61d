// `wiretruth host check`: the host's state as data ("wiretruth.host-check/1"); the text is written from it. null is "not known".

import { diagnoseHost } from '../../diagnosis/diagnose-host.ts';
import { type CounterReading, counterReadings } from '../../hoststate/check/counters.ts';
import { notGiven } from '../../hoststate/check/given.ts';
import {
  type DeviceOffloads,
  deviceOffloads,
  SHAPING_FEATURES,
  type ShapingFeature,
} from '../../hoststate/check/offloads.ts';
import { type HostState, hostSource } from '../../hoststate/host-state.ts';
import { buildFinding } from '../../report/build.ts';
import { type Language, label } from '../../report/messages/render.ts';
import type { FindingReport } from '../../report/model.ts';
import { version } from '../version.ts';

export interface HostCheckReport {
  readonly schema: 'wiretruth.host-check/1';
  readonly tool: { readonly name: 'wiretruth'; readonly version: string };
  readonly host: string;
  readonly kernel: string | null;
  /** Gravest first. */
  readonly findings: readonly FindingReport[];
  readonly devices: readonly DeviceReport[];
  readonly counters: readonly CounterReport[];
  /** Commands whose output was not given: nothing that they would tell was checked. */
  readonly notGiven: readonly string[];
  /** Outputs that were read. */
  readonly outputs: number;
  /** What could not be read: file and line, what was found, what was expected. */
  readonly unread: readonly { readonly code: string; readonly message: string }[];
}

export interface DeviceReport {
  readonly device: string;
  readonly namespace: string | null;
  readonly driver: string | null;
  readonly firmware: string | null;
  readonly offloads: Readonly<Record<ShapingFeature, OffloadReport | null>>;
}

export interface OffloadReport {
  readonly active: boolean;
  readonly fixed: boolean;
  /** Active differs from requested. */
  readonly drifts: boolean;
  /** "host:FILE:LINE". */
  readonly source: string;
}

export interface CounterReport {
  readonly kind: CounterReading['kind'];
  readonly namespace: string | null;
  readonly device: string | null;
  readonly ipVersion: 4 | 6 | null;
  /** The counter's own name. */
  readonly name: string | null;
  readonly value: number;
  readonly of: number | null;
  readonly text: string;
  readonly source: string;
}

/** Everything that `host check` has to say of a host. */
export function buildHostCheck(host: HostState, language: Language): HostCheckReport {
  return {
    schema: 'wiretruth.host-check/1',
    tool: { name: 'wiretruth', version },
    host: host.name,
    kernel: host.kernel?.value.text ?? null,
    findings: diagnoseHost(host).map((verdict) => buildFinding(verdict, host.name, language)),
    devices: deviceOffloads(host).map(buildDevice),
    counters: counterReadings(host).map((reading) => buildCounter(reading, language)),
    notGiven: notGiven(host),
    outputs: host.files.filter(({ kind }) => kind !== undefined).length,
    unread: host.problems.map(({ code, message }) => ({ code, message })),
  };
}

function buildDevice({ device, namespace, offloads }: DeviceOffloads): DeviceReport {
  const reports = SHAPING_FEATURES.map((name) => {
    const state = offloads[name];
    if (state === undefined) return [name, null] as const;
    const { active, fixed, vetoed, source } = state;
    return [name, { active, fixed, drifts: vetoed, source: hostSource(source) }] as const;
  });
  return {
    device: device.name,
    namespace: namespace ?? null,
    driver: device.driver?.driver.value ?? null,
    firmware: device.driver?.firmware?.value ?? null,
    offloads: Object.fromEntries(reports) as DeviceReport['offloads'],
  };
}

function buildCounter(reading: CounterReading, language: Language): CounterReport {
  return {
    kind: reading.kind,
    namespace: reading.namespace ?? null,
    device: reading.device ?? null,
    ipVersion: reading.ipVersion ?? null,
    name: reading.name ?? null,
    value: reading.value,
    of: reading.of ?? null,
    text: counterText(reading, language),
    source: hostSource(reading.source),
  };
}

function counterText(reading: CounterReading, language: Language): string {
  const { kind, value, of } = reading;
  const dev = reading.device ?? '?';
  switch (kind) {
    case 'merge-factor': {
      const packets = of ?? 0;
      const factor = packets === 0 ? '?' : (value / packets).toFixed(2);
      return label('counter.merge-factor', language, {
        version: reading.ipVersion ?? '?',
        factor,
        segments: value,
        packets,
      });
    }
    case 'suspect-gro':
      return label(value === 0 ? 'counter.suspect-gro.none' : 'counter.suspect-gro.seen', language, { dev });
    case 'retransmitted':
      if (of === undefined || of === 0) return label('counter.retransmitted.alone', language, { value });
      return label('counter.retransmitted', language, { value, of, share: value / of });
    default:
      return label(`counter.${kind}`, language, { value, dev, name: reading.name ?? '?' });
  }
}
