// Station "lab", scenario files: a scenario as it was understood. Quantities are in bytes, microseconds, bits per second and
// shares of 1; keys are those of the file. What each means and may be stands in schema.ts.
import type { SmallPacketCause } from '../truth.ts';

type Maybe<T> = T | undefined;

/** What both kinds of hosts may have. */
export interface ScenarioHost {
  readonly features?: Maybe<Readonly<Record<string, boolean>>>;
  readonly qdisc?: Maybe<{
    readonly kind: 'tbf';
    readonly rate: number;
    readonly burst: number;
    readonly limit?: Maybe<number>;
  }>;
  readonly sysctls?: Maybe<Readonly<Record<string, string | number>>>;
  readonly socket?: Maybe<ScenarioSocket>;
}

/** Socket options. */
export interface ScenarioSocket {
  readonly nodelay?: Maybe<boolean>;
  readonly cork?: Maybe<boolean>;
  readonly 'congestion-control'?: Maybe<string>;
  readonly 'send-buffer'?: Maybe<number>;
  readonly 'receive-buffer'?: Maybe<number>;
  readonly pacing?: Maybe<number>;
  readonly 'max-segment'?: Maybe<number>;
}

/** Request and response. */
export interface ScenarioExchange {
  readonly rounds: number;
  readonly request: number;
  readonly response: number;
  readonly think?: Maybe<number>;
  readonly 'writes-per-request'?: Maybe<number>;
}

/** The host that sends most of the data. */
export interface ScenarioSender extends ScenarioHost {
  readonly cwnd?: Maybe<number>;
  readonly send?: Maybe<{
    readonly bytes: number;
    readonly write?: Maybe<number>;
    readonly every?: Maybe<number>;
    readonly 'writes-each-time'?: Maybe<number>;
  }>;
  readonly exchange?: Maybe<ScenarioExchange>;
  readonly 'start-after'?: Maybe<number>;
}

/** The other host. */
export interface ScenarioReceiver extends ScenarioHost {
  readonly read?: Maybe<{
    readonly bytes?: Maybe<number>;
    readonly every?: Maybe<number>;
    readonly record?: Maybe<number>;
    readonly 'stop-after'?: Maybe<number>;
    readonly 'stop-for'?: Maybe<number>;
  }>;
  readonly windows?: Maybe<
    readonly { readonly at?: Maybe<number>; readonly raw?: Maybe<number>; readonly frozen?: Maybe<boolean> }[]
  >;
  readonly 'window-scale'?: Maybe<number>;
  readonly 'round-trip'?: Maybe<number>;
}

/** One direction of a link. */
export interface ScenarioDirection {
  readonly rate?: Maybe<number>;
  readonly delay?: Maybe<number>;
  readonly queue?: Maybe<number>;
  readonly loss?: Maybe<number>;
  readonly lose?: Maybe<readonly number[]>;
  readonly reorder?: Maybe<number>;
  readonly 'reorder-by'?: Maybe<number>;
}

/** A network card. */
export interface ScenarioCard {
  readonly tso?: Maybe<boolean>;
  readonly receive?: Maybe<'segment' | 'merge' | 'merge-without-gso-size'>;
  readonly moderation?: Maybe<number>;
  readonly 'gro-flush'?: Maybe<number>;
}

/** A link. */
export interface ScenarioLink extends ScenarioDirection {
  readonly mtu?: Maybe<number>;
  readonly back?: Maybe<ScenarioDirection>;
  readonly 'sender-card'?: Maybe<ScenarioCard>;
  readonly 'receiver-card'?: Maybe<ScenarioCard>;
}

/** One of the three. */
export interface ScenarioStretch {
  readonly link?: Maybe<ScenarioLink>;
  readonly bridge?: Maybe<{ readonly offloads?: Maybe<boolean> }>;
  readonly router?: Maybe<{ readonly offloads?: Maybe<boolean> }>;
}

/** A capture. */
export interface ScenarioTap {
  readonly at: 'sender' | 'receiver' | 'middle' | 'wire';
  readonly side?: Maybe<'sender' | 'receiver'>;
  readonly device?: Maybe<string>;
  readonly snaplen?: Maybe<number>;
  readonly late?: Maybe<boolean>;
}

/** A scenario file. */
export interface ScenarioFile {
  readonly name: string;
  readonly description: string;
  readonly seed?: Maybe<number>;
  readonly family?: Maybe<4 | 6>;
  readonly 'data-from'?: Maybe<'client' | 'server'>;
  readonly duration?: Maybe<number>;
  readonly vlan?: Maybe<number>;
  readonly vxlan?: Maybe<boolean>;
  readonly 'big-tcp'?: Maybe<number>;
  readonly loopback?: Maybe<{ readonly mtu?: Maybe<number> }>;
  readonly path?: Maybe<readonly ScenarioStretch[]>;
  readonly sender: ScenarioSender;
  readonly receiver?: Maybe<ScenarioReceiver>;
  readonly taps?: Maybe<readonly ScenarioTap[]>;
  readonly truth?: Maybe<{
    readonly 'small-packets'?: Maybe<SmallPacketCause>;
    readonly 'merged-by'?: Maybe<'gro' | 'card' | 'card-without-gso-size' | 'never-cut'>;
  }>;
}
