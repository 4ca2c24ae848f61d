// Runs a rule and holds what every verdict must be: with evidence, with something against it, with words in both languages.

import { expect } from 'vitest';
import type { ConnectionMeasurement } from '../../src/analysis/measurement.ts';
import type { DiagnosisContext, Rule } from '../../src/diagnosis/rule.ts';
import type { Message, Verdict } from '../../src/diagnosis/verdict.ts';
import { catalogueOf, languages, renderMessage } from '../../src/report/messages/render.ts';
import { context } from './fixtures.ts';

const catalogues = { en: catalogueOf('en'), ko: catalogueOf('ko') };

/** The verdicts of a rule, each checked for soundness. */
export function judge(
  rule: Rule,
  connection: ConnectionMeasurement,
  given: DiagnosisContext = context(),
): readonly Verdict[] {
  const result = rule(connection, given);
  const verdicts =
    result === undefined ? [] : Array.isArray(result) ? (result as readonly Verdict[]) : [result as Verdict];
  for (const verdict of verdicts) expectSound(verdict);
  return verdicts;
}

/** The one verdict of a rule that must fire. */
export function verdictOf(rule: Rule, connection: ConnectionMeasurement, given?: DiagnosisContext): Verdict {
  const verdicts = judge(rule, connection, given);
  expect(verdicts).toHaveLength(1);
  return verdicts[0] as Verdict;
}

export function expectSound(verdict: Verdict): void {
  expect(verdict.confidence, verdict.code).toBeGreaterThan(0);
  expect(verdict.confidence, verdict.code).toBeLessThan(1);
  expect(verdict.evidence.length, `${verdict.code} has evidence`).toBeGreaterThan(0);
  expect(verdict.against.length, `${verdict.code} has something against it`).toBeGreaterThan(0);
  for (const message of messagesOf(verdict)) expectWords(message);
  for (const { packets, source } of verdict.evidence) {
    expect(source === 'capture' || source.startsWith('host:'), source).toBe(true);
    for (const packet of packets) expect(packet).toBeGreaterThanOrEqual(1);
  }
  for (const fix of verdict.fixes) {
    expect(fix.command).not.toBe('');
    expect(fix.undo).not.toBe('');
  }
}

export function messagesOf(verdict: Verdict): readonly Message[] {
  return [
    verdict.claim,
    ...verdict.evidence.map((evidence) => evidence.text),
    ...verdict.against,
    ...verdict.fixes.flatMap((fix) => [fix.effect, fix.risk]),
  ];
}

/** The sentence exists in both languages and no placeholder of it is left empty. */
export function expectWords(message: Message): void {
  for (const language of languages) {
    expect(catalogues[language][message.key], `${message.key} in ${language}`).toBeDefined();
    const sentence = renderMessage(message, language);
    expect(sentence, message.key).not.toMatch(/\{\w+\??(:\w+)?\}|NaN|Infinity|undefined/);
  }
}

/** The keys that speak against a verdict. */
export function againstKeys(verdict: Verdict): readonly string[] {
  return verdict.against.map((message) => message.key);
}

export function claimOf(verdict: Verdict): string {
  return renderMessage(verdict.claim, 'en');
}
