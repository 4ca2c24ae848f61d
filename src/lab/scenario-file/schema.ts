// Station "lab", scenario files: what may stand in one. Nothing in it is about how the lab makes it: hosts, links, devices,
// applications and taps, so that a simulator can run the same file.
import { z } from 'zod';
import { bytes, duration, onOff, rate, share } from './quantity.ts';
import type { ScenarioFile } from './scenario.ts';

const count = z.int().positive();

const features = z
  .record(z.string().regex(/^[a-z0-9-]+$/), onOff)
  .describe('device features by their ethtool names: tso, gso, gro, tx-udp-segmentation, ...');

const qdisc = z
  .strictObject({
    kind: z.enum(['tbf']),
    rate,
    burst: bytes.describe('bytes, such as 8000; a super-packet larger than this is cut into segments'),
    limit: bytes.optional(),
  })
  .describe('the queueing discipline of the device');

const socket = z
  .strictObject({
    nodelay: onOff.optional(),
    cork: onOff.optional(),
    'congestion-control': z.string().optional().describe('cubic unless said otherwise'),
    'send-buffer': bytes.optional(),
    'receive-buffer': bytes.optional(),
    pacing: rate.optional().describe('SO_MAX_PACING_RATE: a rate, such as 8Mbit'),
    'max-segment': bytes.optional().describe('TCP_MAXSEG: bytes'),
  })
  .describe('socket options');

const exchange = z
  .strictObject({
    rounds: count,
    request: bytes,
    response: bytes,
    think: duration.optional(),
    'writes-per-request': count.optional(),
  })
  .describe('request and response, one at a time; both hosts get the same one');

const send = z.strictObject({
  bytes,
  write: bytes.optional().describe('bytes of one write, such as 64KiB (which is the usual)'),
  every: duration
    .optional()
    .describe('a time, such as 1ms: from the start of one write to the next; as fast as possible unless said'),
  'writes-each-time': count.optional(),
});

const read = z.strictObject({
  bytes: bytes.optional().describe('bytes of one read, such as 256KiB (which is the usual)'),
  every: duration.optional().describe('a time, such as 3ms: the pause between reads'),
  record: bytes
    .optional()
    .describe('bytes, such as 64KiB: wait until so many are there, then read them, as NFS and RPC servers do'),
  'stop-after': bytes.optional(),
  'stop-for': duration.optional(),
});

const windowRule = z.strictObject({
  at: duration.optional().describe('a time since the handshake, such as 250ms'),
  raw: z.int().min(0).max(65_535).optional().describe('the 16-bit window of every ACK from then on: 0 to 65535'),
  frozen: onOff.optional().describe('the right edge stays where it is'),
});

const hostParts = {
  features: features.optional(),
  qdisc: qdisc.optional(),
  sysctls: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  socket: socket.optional(),
};

const sender = z
  .strictObject({
    ...hostParts,
    cwnd: count
      .optional()
      .describe('a number of segments: initial and largest congestion window, by a route of this host'),
    send: send.optional(),
    exchange: exchange.optional(),
    'start-after': duration.optional().describe('a time from the handshake to the first byte, such as 900ms'),
  })
  .describe('the host that sends most of the data');

const receiver = z
  .strictObject({
    ...hostParts,
    read: read.optional(),
    windows: z.array(windowRule).nonempty().optional().describe('offer these windows, whatever a real stack would'),
    'window-scale': z
      .int()
      .min(0)
      .max(14)
      .optional()
      .describe('with windows: the scale of the SYN-ACK, 0 to 14; none unless said'),
    'round-trip': duration.optional().describe('with windows: the round trip time, such as 5ms'),
  })
  .describe('the other host');

const direction = {
  rate: rate.optional(),
  delay: duration.optional().describe('one way: a time, such as 5ms'),
  queue: bytes.optional(),
  loss: share.optional(),
  lose: z.array(z.int().nonnegative()).optional().describe('numbers of the data packets that are lost, from 0'),
  reorder: share.optional(),
  'reorder-by': duration.optional(),
};

const card = z
  .strictObject({
    tso: onOff.optional(),
    receive: z
      .enum(['segment', 'merge', 'merge-without-gso-size'])
      .optional()
      .describe('hand up what came, merge it as a good card does, or merge and forget the segment size'),
    moderation: duration.optional().describe('interrupt moderation: a time, such as 100us'),
    'gro-flush': duration
      .optional()
      .describe("NAPI with this gro_flush_timeout, such as 200us, so that the host's own GRO can merge"),
  })
  .describe('a network card');

const link = z
  .strictObject({
    mtu: bytes.optional(),
    ...direction,
    back: z.strictObject(direction).optional().describe('towards the sender; rate and delay are the same unless said'),
    'sender-card': card.optional().describe('the card at the end towards the sender'),
    'receiver-card': card.optional().describe('the card at the end towards the receiver'),
  })
  .describe('a link; without any of rate, delay, loss and cards a virtual cable');

const middle = z.strictObject({
  offloads: onOff.optional().describe('off (the usual): it forwards only what a wire would carry'),
});

const stretch = z
  .strictObject({ link: link.optional(), bridge: middle.optional(), router: middle.optional() })
  .describe('one of link, bridge, router');

const tap = z.strictObject({
  at: z.enum(['sender', 'receiver', 'middle', 'wire']).describe('sender, receiver, middle, or wire (a SPAN port)'),
  side: z.enum(['sender', 'receiver']).optional().describe('of a middle: its device towards this host'),
  device: z.string().optional().describe('eth0 unless said otherwise; any is all of them'),
  snaplen: z.int().min(54).max(262_144).optional().describe('54 to 262144'),
  late: onOff.optional().describe('start in mid-connection'),
});

const tunnel = {
  vlan: z.int().min(1).max(4094).optional().describe('the VLAN, 1 to 4094, with which both hosts tag what they send'),
  vxlan: onOff.optional(),
  'big-tcp': bytes.optional().describe('gso_max_size and gro_max_size of every device: bytes, such as 185000'),
};

const truth = z
  .strictObject({
    'small-packets': z
      .enum([
        'receive-window',
        'application',
        'send-buffer',
        'congestion-window',
        'pacing',
        'segmentation-off',
        'path-mtu',
        'split-below-tcp',
        'retransmission',
      ])
      .optional(),
    'merged-by': z.enum(['gro', 'card', 'card-without-gso-size', 'never-cut']).optional(),
  })
  .describe('what the scenario is built to show; goes into truth.json beside what the kernel counts');

/** What may stand in a scenario file. */
export const scenarioSchema: z.ZodType<ScenarioFile> = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .describe('small letters, digits and dashes'),
    description: z.string(),
    seed: z.int().nonnegative().optional().describe('a number, for loss and reordering; 1 unless said otherwise'),
    family: z
      .union([z.literal(4), z.literal(6)])
      .optional()
      .describe('4 or 6: the version of IP'),
    'data-from': z.enum(['client', 'server']).optional().describe('whether the sender connects (client, the usual)'),
    duration: duration.optional().describe('the longest that it may take, such as 20s (which is the usual)'),
    ...tunnel,
    loopback: z.strictObject({ mtu: bytes.optional() }).optional().describe('both ends on one host'),
    path: z.array(stretch).nonempty().optional().describe('from the sender to the receiver: link, bridge, link ...'),
    sender,
    receiver: receiver.optional(),
    taps: z.array(tap).nonempty().optional().describe('captures; at both hosts unless said otherwise'),
    truth: truth.optional(),
  })
  .superRefine((file, context) => {
    const say = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    const places = [file.path, file.loopback, file.receiver?.windows].filter((each) => each !== undefined);
    if (places.length > 1) say(['path'], 'expected only one of path, loopback and receiver.windows');
    for (const [index, part] of (file.path ?? []).entries()) {
      if (Object.keys(part).length !== 1) say(['path', index], 'expected exactly one of link, bridge and router');
      const wantsLink = index % 2 === 0;
      if (wantsLink !== (part.link !== undefined))
        say(['path', index], wantsLink ? 'expected a link here' : 'expected a bridge or a router between two links');
    }
    if (file.path !== undefined && file.path.length % 2 === 0) say(['path'], 'expected a link at the end');
    for (const [index, rule] of (file.receiver?.windows ?? []).entries())
      if ((rule.raw === undefined) === (rule.frozen === undefined))
        say(['receiver', 'windows', index], 'expected either raw or frozen');
    if (file.sender.send === undefined && file.sender.exchange === undefined)
      say(['sender'], 'expected send or exchange: what the application does');
  });

/** JSON Schema (draft 2020-12) of a scenario file. */
export function scenarioJsonSchema(): Record<string, unknown> {
  return {
    title: 'wiretruth scenario',
    ...(z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>),
  };
}
