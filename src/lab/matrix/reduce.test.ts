import { expect, test } from 'vitest';
import { type Combination, combinations, SETTINGS } from './matrix-plan.ts';
import { type MatrixResult, reduceMatrix, type Seen } from './reduce.ts';
import { matrixPage } from './text.ts';

const [veth] = SETTINGS;
if (!veth) throw new Error('no settings');

const seen = (isSuper: boolean): Seen => ({
  dataFrames: 100,
  superFrames: isSuper ? 50 : 0,
  maxPayloadBytes: isSuper ? 65_160 : 1448,
  segmentBytes: 1448,
});

/** Results as a kernel gives them whose sender's frames follow its TSO and whose receiver's frames follow its GRO. */
const results = (twist: (switches: Combination) => boolean = () => false): MatrixResult[] =>
  combinations(veth).map((switches) => ({
    switches,
    seen: {
      sender: seen(switches['sender tso'] === true),
      wire: seen(false),
      receiver: seen(switches['receiver gro'] === true || twist(switches)),
    },
  }));

test('all positions of six switches are tried, each differing from the one before in one switch', () => {
  const all = combinations(veth);
  expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(64);
  for (let index = 1; index < all.length; index += 1) {
    const changed = Object.keys(all[0] ?? {}).filter(
      (name) => all[index]?.[name as keyof Combination] !== all[index - 1]?.[name as keyof Combination],
    );
    expect(changed).toHaveLength(1);
  }
});

test('only switches that change what some tap sees make rows', () => {
  const rows = reduceMatrix(results());
  expect(rows.map(({ switches }) => switches)).toEqual([
    { 'sender tso': true, 'receiver gro': true },
    { 'sender tso': true, 'receiver gro': false },
    { 'sender tso': false, 'receiver gro': true },
    { 'sender tso': false, 'receiver gro': false },
  ]);
  expect(rows.map(({ transfers }) => transfers)).toEqual([16, 16, 16, 16]);
  expect(rows[1]?.seen['sender']).toMatchObject({ maxPayloadBytes: 65_160, superFrames: 800, dataFrames: 1600 });
});

test('a switch that matters in one combination alone makes rows of its own', () => {
  const onlyThere = (switches: Combination): boolean =>
    switches['receiver gro'] === false && switches['receiver gso'] === false && switches['sender tso'] === true;
  const rows = reduceMatrix(results(onlyThere));
  expect(rows).toHaveLength(8);
  expect(rows.every(({ switches }) => switches['receiver gso'] !== undefined)).toBe(true);
});

test('the page has a row for each, and says which switches changed nothing', () => {
  const page = matrixPage([{ setting: veth, rows: reduceMatrix(results()) }], '6.18.44');
  expect(page).toContain(
    '| veth | 4 | no | **on** | any | any | any | any | **off** | 16 | 65160, 50% | 1448 | 1448 |',
  );
  expect(page).toContain('64 transfers');
});
