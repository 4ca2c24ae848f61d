// Writes Ethernet/IP/TCP frames into a pcap file: one reused buffer, no object per packet.
// Used only to make benchmark input; it shares no code with src/, so that a mistake there is not repeated here.

import { closeSync, openSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 4 << 20;
const PCAP_MICROSECONDS = 0xa1b2c3d4;
const PCAP_NANOSECONDS = 0xa1b23c4d;
const TCP_PROTOCOL = 6;
/** 2026-01-01T00:00:00Z: a fixed start, so that the same seed gives the same bytes. */
const FIRST_SECOND = 1767225600;

export const Flag = { Fin: 1, Syn: 2, Rst: 4, Psh: 8, Ack: 16 };

/** What the TCP checksum field holds: right for the bytes, only the pseudo-header sum (offload), or not computable here. */
export const Checksum = { Valid: 0, Partial: 1 };

/** A template of one direction's headers: `bytes` up to the TCP header, and sums of the parts that do not change. */
export function headerTemplate({ vlan, ipVersion, fromIp, toIp, fromMac, toMac, ttl }) {
  const bytes = new Uint8Array(14 + (vlan === undefined ? 0 : 4) + (ipVersion === 4 ? 20 : 40));
  const view = new DataView(bytes.buffer);
  bytes.set(toMac, 0);
  bytes.set(fromMac, 6);
  let ipOffset = 14;
  const etherType = ipVersion === 4 ? 0x0800 : 0x86dd;
  if (vlan === undefined) view.setUint16(12, etherType);
  else {
    view.setUint16(12, 0x8100);
    view.setUint16(14, vlan);
    view.setUint16(16, etherType);
    ipOffset = 18;
  }
  if (ipVersion === 4) {
    bytes[ipOffset] = 0x45;
    view.setUint16(ipOffset + 6, 0x4000);
    bytes[ipOffset + 8] = ttl;
    bytes[ipOffset + 9] = TCP_PROTOCOL;
    bytes.set(fromIp, ipOffset + 12);
    bytes.set(toIp, ipOffset + 16);
  } else {
    bytes[ipOffset] = 0x60;
    bytes[ipOffset + 6] = TCP_PROTOCOL;
    bytes[ipOffset + 7] = ttl;
    bytes.set(fromIp, ipOffset + 8);
    bytes.set(toIp, ipOffset + 24);
  }
  const addressBytes = ipVersion === 4 ? 4 : 16;
  const addressSum = sumWords(fromIp, addressBytes) + sumWords(toIp, addressBytes);
  const headerSum = ipVersion === 4 ? sumWords(bytes.subarray(ipOffset), 20) : 0;
  return { bytes, ipOffset, ipVersion, tcpOffset: bytes.length, addressSum, headerSum };
}

function sumWords(bytes, length) {
  let sum = 0;
  for (let i = 0; i < length; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
  return sum;
}

function fold(sum) {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16);
  return folded;
}

export class FrameWriter {
  packetCount = 0;
  byteCount = 0;
  #fd;
  #snapLength;
  #nanoseconds;
  #buffer = new Uint8Array(BUFFER_BYTES);
  #view = new DataView(this.#buffer.buffer);
  #used = 24;
  /** Bytes that payloads are made of; long enough that no snaplen of a benchmark runs out of it. */
  #payload = new Uint8Array(65536);

  constructor(path, { snapLength, nanoseconds }) {
    this.#fd = openSync(path, 'w');
    this.#snapLength = snapLength;
    this.#nanoseconds = nanoseconds;
    let state = 0x2545f491;
    for (let i = 0; i < this.#payload.length; i += 1) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      this.#payload[i] = state;
    }
    const view = this.#view;
    view.setUint32(0, nanoseconds ? PCAP_NANOSECONDS : PCAP_MICROSECONDS, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 4, true);
    view.setUint32(16, snapLength, true);
    view.setUint32(20, 1, true);
  }

  /**
   * One TCP frame. `segment` is a reused object: { seq, ack, flags, window, payloadBytes, ipId, options, optionBytes, checksum }.
   * `timeNs` counts from the first packet's second.
   */
  write(template, sourcePort, destinationPort, segment, timeNs) {
    if (this.#used > BUFFER_BYTES - 16 - this.#snapLength - 256) this.#flush();
    const buffer = this.#buffer;
    const view = this.#view;
    const start = this.#used + 16;
    const tcp = start + template.tcpOffset;
    const tcpHeaderBytes = 20 + segment.optionBytes;
    const tcpBytes = tcpHeaderBytes + segment.payloadBytes;
    const frameBytes = template.tcpOffset + tcpBytes;
    const captured = frameBytes < this.#snapLength ? frameBytes : this.#snapLength;
    const headers = template.bytes;
    for (let i = 0; i < headers.length; i += 1) buffer[start + i] = headers[i];
    const ip = start + template.ipOffset;
    if (template.ipVersion === 4) {
      const total = 20 + tcpBytes;
      view.setUint16(ip + 2, total);
      view.setUint16(ip + 4, segment.ipId);
      view.setUint16(ip + 10, 0xffff ^ fold(template.headerSum + total + segment.ipId));
    } else view.setUint16(ip + 4, tcpBytes);

    view.setUint16(tcp, sourcePort);
    view.setUint16(tcp + 2, destinationPort);
    view.setUint32(tcp + 4, segment.seq);
    view.setUint32(tcp + 8, segment.ack);
    buffer[tcp + 12] = (tcpHeaderBytes >>> 2) << 4;
    buffer[tcp + 13] = segment.flags;
    view.setUint16(tcp + 14, segment.window);
    view.setUint32(tcp + 16, 0);
    const options = segment.options;
    for (let i = 0; i < segment.optionBytes; i += 1) buffer[tcp + 20 + i] = options[i];
    const payload = this.#payload;
    const from = segment.seq & 0x7fff;
    const capturedPayload = captured - template.tcpOffset - tcpHeaderBytes;
    for (let i = 0; i < capturedPayload; i += 1) buffer[tcp + tcpHeaderBytes + i] = payload[from + i];
    view.setUint16(tcp + 16, this.#checksum(template, segment, tcp, tcpBytes, captured === frameBytes));
    this.#record(frameBytes, captured, timeNs);
  }

  #checksum(template, segment, tcp, tcpBytes, whole) {
    const pseudo = template.addressSum + TCP_PROTOCOL + tcpBytes;
    if (segment.checksum === Checksum.Partial) return fold(pseudo);
    // The rest of the payload is not in the file, so nobody can check this one: any value that looks like a checksum will do.
    if (!whole) return (segment.seq * 40503) & 0xffff;
    const buffer = this.#buffer;
    let sum = pseudo;
    const end = tcp + tcpBytes;
    let i = tcp;
    for (; i + 1 < end; i += 2) sum += (buffer[i] << 8) | buffer[i + 1];
    if (i < end) sum += buffer[i] << 8;
    return 0xffff ^ fold(sum);
  }

  #record(frameBytes, captured, timeNs) {
    const view = this.#view;
    const at = this.#used;
    const seconds = Math.floor(timeNs / 1e9);
    const rest = timeNs - seconds * 1e9;
    view.setUint32(at, FIRST_SECOND + seconds, true);
    view.setUint32(at + 4, this.#nanoseconds ? rest : Math.floor(rest / 1000), true);
    view.setUint32(at + 8, captured, true);
    view.setUint32(at + 12, frameBytes, true);
    this.#used = at + 16 + captured;
    this.packetCount += 1;
  }

  #flush() {
    let written = 0;
    while (written < this.#used) written += writeSync(this.#fd, this.#buffer, written, this.#used - written);
    this.byteCount += this.#used;
    this.#used = 0;
  }

  close() {
    this.#flush();
    closeSync(this.#fd);
  }
}
