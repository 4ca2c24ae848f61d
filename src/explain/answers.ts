// The hallway: what is asked about the connections of a capture, and from a measurement to the answer. Both are plain data, so that
// another thread can be asked.

import type { ConnectionMeasurement } from '../analysis/measurement.ts';
import { diagnoseConnection } from '../diagnosis/diagnose.ts';
import type { DiagnosisContext } from '../diagnosis/rule.ts';
import { type ConnectionChoice, isChosen } from '../flow/choice.ts';
import { buildConnection } from '../report/build.ts';
import type { Language } from '../report/messages/render.ts';
import type { ConnectionReport, Severity } from '../report/model.ts';
import { ConnectionRanking, type ConnectionSummary, summarize } from '../report/summary.ts';

/** A connection as a line of JSON. */
export interface JsonAnswer {
  /** Of its gravest verdict; undefined when nothing was found. */
  readonly gravest: Severity | undefined;
  /** In UTF-8 when another thread has written it. */
  readonly json: string | Uint8Array;
}

/** A connection at a glance. */
export interface RankedAnswer {
  readonly gravest: Severity | undefined;
  readonly row: ConnectionSummary;
  /** Undefined when it is certain that it is not among the largest. */
  readonly report: ConnectionReport | undefined;
}

/** What there is to ask for, by name. */
export interface Answers {
  readonly json: JsonAnswer;
  readonly ranked: RankedAnswer;
}

/** What is asked about each connection. */
export interface Question<Wanted extends keyof Answers = keyof Answers> {
  readonly wanted: Wanted;
  readonly context: DiagnosisContext;
  readonly language: Language;
  /** Added to the connection's number in its own file. */
  readonly idOffset: number;
  /** Only this one. */
  readonly choice?: ConnectionChoice | undefined;
  /** How many of the largest are `wanted` as reports. */
  readonly largest: number;
}

/** The answers, one for each connection in the same order; undefined for one that is not chosen. */
export function* answers<Wanted extends keyof Answers>(
  connections: Iterable<ConnectionMeasurement>,
  question: Question<Wanted>,
): Generator<Answers[Wanted] | undefined, void, undefined> {
  const answer: (connection: ConnectionMeasurement) => Answers[Wanted] = ways[question.wanted](question);
  const { choice, idOffset } = question;
  for (const connection of connections) {
    const { id, client, server } = connection;
    const isAsked = choice === undefined || isChosen(choice, { id: id + idOffset, client, server });
    yield isAsked ? answer(connection) : undefined;
  }
}

type Way<Answer> = (question: Question) => (connection: ConnectionMeasurement) => Answer;

const ways: { readonly [Wanted in keyof Answers]: Way<Answers[Wanted]> } = {
  json: (question) => (connection) => {
    const { verdicts, beliefs } = diagnoseConnection(connection, question.context);
    const report = buildConnection(connection, verdicts, beliefs, question);
    return { gravest: verdicts[0]?.severity, json: JSON.stringify(report) };
  },
  ranked: (question) => {
    const ranking = new ConnectionRanking<true>(question.largest);
    return (connection) => {
      const { verdicts, beliefs } = diagnoseConnection(connection, question.context);
      const row = summarize(connection, verdicts, connection.id + question.idOffset);
      const report = ranking.mayKeep(row) ? buildConnection(connection, verdicts, beliefs, question) : undefined;
      ranking.add(row, true);
      return { gravest: verdicts[0]?.severity, row, report };
    };
  },
};
