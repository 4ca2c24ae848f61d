import { describe, expect, it } from 'vitest';
import { decodeTcpInfo } from './tcp-info.ts';

// getsockopt(TCP_INFO) of Linux 6.18, 280 bytes, and what `ss -tin` said of the same socket at the same moment:
// cubic wscale:10,10 rto:204 rtt:0.016/0.002 mss:65483 pmtu:65535 rcvmss:536 advmss:65483 cwnd:10 bytes_sent:4000000
// bytes_acked:4000001 segs_out:84 segs_in:47 data_segs_out:82 pacing_rate 649753798448bps delivery_rate 116414222216bps
// delivered:83 app_limited busy:4ms rcv_space:65495 rcv_ssthresh:65495 minrtt:0.004 snd_wnd:1011712
const FROM_KERNEL = `
  010000000007aa01 e01c030000000000 cbff000018020000 0000000000000000 0000000000000000 0000000000000000 0000000004000000
  00000000ffff0000 d7ff000010000000 02000000ffffff7f 0a000000cbff0000 0300000000000000 d7ff000000000000 e6040be912000000
  ffffffffffffffff 01093d0000000000 0000000000000000 540000002f000000 0000000004000000 0000000052000000 f1815a6303000000
  a00f000000000000 0000000000000000 0000000000000000 5300000000000000 00093d0000000000 0000000000000000 0000000000000000
  0000000000700f00 0000010000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000 0000000000000000`;

const bytes = Uint8Array.from(Buffer.from(FROM_KERNEL.replaceAll(/\s/g, ''), 'hex'));

describe('TCP_INFO', () => {
  it('says what ss says of the same socket', () => {
    const info = decodeTcpInfo(bytes);
    expect(info).toMatchObject({
      sndWscale: 10,
      rcvWscale: 10,
      rtoUs: 204_000,
      rttUs: 16,
      rttVarUs: 2,
      sndMss: 65_483,
      pmtu: 65_535,
      rcvMss: 536,
      advMss: 65_483,
      sndCwnd: 10,
      bytesSent: 4_000_000,
      bytesAcked: 4_000_001,
      segsOut: 84,
      segsIn: 47,
      dataSegsOut: 82,
      delivered: 83,
      appLimited: true,
      busyTimeUs: 4000,
      rcvSpace: 65_495,
      rcvSsthresh: 65_495,
      minRttUs: 4,
      sndWnd: 1_011_712,
    });
    expect((info.pacingRate ?? 0) * 8).toBe(649_753_798_448);
    expect((info.deliveryRate ?? 0) * 8).toBe(116_414_222_216);
  });

  it('leaves out what an older kernel does not have, and never reads beyond the answer', () => {
    for (let length = 8; length <= bytes.length; length += 1) {
      const info = decodeTcpInfo(bytes.slice(0, length));
      expect(info.sndWnd).toBe(length >= 232 ? 1_011_712 : undefined);
      expect(info.busyTimeUs).toBe(length >= 176 ? 4000 : undefined);
      expect(info.sndMss).toBe(length >= 20 ? 65_483 : undefined);
    }
  });
});
