import { describe, expect, it } from 'vitest';
import { connection, context, noRows, reasons, rows, smallBecause } from '../../test/diagnosis/fixtures.ts';
import { expectSound, expectWords } from '../../test/diagnosis/judge.ts';
import { diagnoseConnection } from './diagnose.ts';
import { diagnoseCapture } from './diagnose-host.ts';

const gravity = ['problem', 'notice', 'info', 'healthy'];

describe('the diagnosis of a connection', () => {
  it('of a healthy transfer is that nothing is wrong, with TSO in effect', () => {
    const { verdicts } = diagnoseConnection(connection(), context());
    const codes = verdicts.map((verdict) => verdict.code);
    expect(codes).toContain('nothing-wrong');
    expect(codes).toContain('tso-in-effect');
    for (const verdict of verdicts) expectSound(verdict);
  });

  it('puts the gravest first, and of equals the surest', () => {
    const measured = connection({
      data: {
        ...smallBecause('receive-window', { limits: { receiveWindow: 0.9 } }),
        retransmissions: { packets: 20, frames: rows(20), fast: 20 },
      },
    });
    const { verdicts } = diagnoseConnection(measured, context());
    expect(verdicts[0]?.code).toBe('small-packets-receive-window');
    for (const [index, verdict] of verdicts.entries()) {
      const next = verdicts[index + 1];
      if (next === undefined) break;
      const step = gravity.indexOf(next.severity) - gravity.indexOf(verdict.severity);
      expect(step).toBeGreaterThanOrEqual(0);
      if (step === 0) expect(next.confidence).toBeLessThanOrEqual(verdict.confidence);
    }
  });

  it('never says both that something and that nothing is wrong', () => {
    for (const reason of reasons) {
      const { verdicts } = diagnoseConnection(connection({ data: smallBecause(reason) }), context());
      const wrong = verdicts.some(({ severity }) => severity === 'problem' || severity === 'notice');
      expect(verdicts.some(({ code }) => code === 'nothing-wrong')).toBe(!wrong);
    }
  });

  it('reads the same with the roles of client and server exchanged', () => {
    const up = diagnoseConnection(connection({ data: smallBecause('pacing') }), context());
    const down = diagnoseConnection(connection({ data: smallBecause('pacing'), dataSide: 1 }), context());
    expect(down.verdicts.map((v) => v.code)).toEqual(up.verdicts.map((v) => v.code));
    expect(down.verdicts.find((v) => v.code === 'small-packets-pacing')?.direction).toBe(1);
  });
});

describe('the three beliefs', () => {
  it('are answered with a reason whatever was measured', () => {
    for (const reason of reasons) {
      const { beliefs } = diagnoseConnection(connection({ data: smallBecause(reason) }), context());
      for (const { reason: why } of Object.values(beliefs)) expectWords(why);
    }
  });

  it('TSO is not off when super-packets were seen, small as they may be', () => {
    expect(diagnoseConnection(connection(), context()).beliefs.tsoIsOff.answer).toBe('no');
  });

  it('TSO is off for these packets when software cut them', () => {
    const cut = smallBecause('segmentation-off', { smallPackets: { cutBursts: 300, longestCutBurst: 44 } });
    expect(diagnoseConnection(connection({ data: cut }), context()).beliefs.tsoIsOff.answer).toBe('yes');
  });

  it('whether TSO is off cannot be told when TCP built nothing to cut', () => {
    const { tsoIsOff } = diagnoseConnection(connection({ data: smallBecause('application') }), context()).beliefs;
    expect(tsoIsOff.answer).toBe('cannot-tell');
  });

  it('whether TSO is off cannot be told from a tap on the path', () => {
    const wire = smallBecause('unknown', { capturePoint: 'between', tsoInEffect: undefined });
    expect(diagnoseConnection(connection({ data: wire }), context()).beliefs.tsoIsOff.answer).toBe('cannot-tell');
  });

  it('the capture tool is wrong only where the file shows it', () => {
    const ask = (patch: Parameters<typeof connection>[0], given = context()) =>
      diagnoseConnection(connection(patch), given).beliefs.captureToolIsWrong.answer;
    expect(ask({})).toBe('no');
    expect(ask({ connection: { duplicates: { ...rows(5), taps: 2, sameInterface: false } } })).toBe('yes');
    expect(ask({}, context({ capture: { captureDrops: 4 } }))).toBe('cannot-tell');
    expect(ask({}, context({ capture: { ackedUnseen: rows(1, 100) } }))).toBe('yes');
    expect(ask({}, context({ capture: { ackedUnseen: rows(1, 90_000) } }))).toBe('no');
  });

  it('it is not the same everywhere when frames look so only at this tap', () => {
    expect(diagnoseConnection(connection(), context()).beliefs.sameEverywhere.answer).toBe('no');
    const plain = smallBecause('congestion-window');
    expect(diagnoseConnection(connection({ data: plain }), context()).beliefs.sameEverywhere.answer).toBe(
      'cannot-tell',
    );
    const window = smallBecause('receive-window');
    expect(diagnoseConnection(connection({ data: window }), context()).beliefs.sameEverywhere.answer).toBe('no');
  });
});

describe('the diagnosis of the file', () => {
  it('tells lost packets and large datagrams', () => {
    const flow = {
      client: { ip: '10.0.0.1', port: 5000 },
      server: { ip: '10.0.0.2', port: 443 },
      firstRow: 0,
      packets: 40,
      payloadBytes: 560_000,
      largerThanMtu: rows(40),
      maxPayloadBytes: 14_000,
    };
    const verdicts = diagnoseCapture({ captureDrops: 2, ackedUnseen: noRows, udpFlows: [flow] }, context());
    expect(verdicts.map((verdict) => verdict.code)).toEqual(['capture-lost-packets', 'udp-larger-than-mtu']);
    for (const verdict of verdicts) expectSound(verdict);
  });

  it('is empty for a whole capture', () => {
    expect(diagnoseCapture({ ackedUnseen: noRows, udpFlows: [] }, context())).toEqual([]);
  });
});
