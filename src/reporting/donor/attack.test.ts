import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { attack, type Leak } from '../../../test/support/report-attack.ts';
import { alike, nastyWorlds, publishAll, shared, smallWorld, world } from '../../../test/support/report-world.ts';

/** How many worlds are tried. */
const runs = Number(process.env['ATTACK_RUNS'] ?? 40);

describe('an attack on everything that was ever published of a fund', () => {
  const totals = { worlds: 0, reports: 0, cells: 0, equations: 0, unknowns: 0, groups: 0 };
  const leaksOf = (crowds: Parameters<typeof publishAll>[0]): Leak[] => {
    const { leaks, ...counted } = attack(crowds, publishAll(crowds));
    totals.worlds += 1;
    for (const [name, count] of Object.entries(counted)) totals[name as keyof typeof counted] += count;
    return leaks;
  };
  afterAll(() => {
    if (process.env['ATTACK_RUNS']) process.stdout.write(`attacked ${JSON.stringify(totals)}\n`);
  });

  it.each(Object.entries(nastyWorlds))('recovers no handful: %s', (_name, crowds) => {
    expect(leaksOf(crowds)).toEqual([]);
  });

  it('recovers no count under ten, neither exactly nor to within one and nine', () => {
    fc.assert(
      fc.property(world, (crowds) => {
        expect(leaksOf(crowds)).toEqual([]);
      }),
      { numRuns: runs },
    );
    expect(totals.groups).toBeGreaterThan(0);
  });

  it('recovers none of a small fund, whose people wait for one another', () => {
    fc.assert(
      fc.property(smallWorld, (crowds) => {
        expect(leaksOf(crowds)).toEqual([]);
      }),
      { numRuns: 5 * runs },
    );
  });

  it('recovers none from two funds of one programme, which pay partly the same people', () => {
    fc.assert(
      fc.property(shared, (crowds) => {
        expect(leaksOf(crowds)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it('recovers no handful that another fund has told of, beside those who are new in the same place', () => {
    const crowds = [
      { ...alike('male', '60+', 6, '16', [1, 2, 4]), also: [1] },
      { ...alike('female', '18-59', 14, '25', [2]), also: [2] },
      { ...alike('male', '6-11', 19, '16', []), also: [1] },
      { ...alike('female', '60+', 86, '16', []), also: [2] },
      { ...alike('female', '60+', 69, '25', [1, 2, 3, 4]), also: [2] },
      alike('male', '12-17', 7, '16', [3]),
    ];
    expect(leaksOf(crowds)).toEqual([]);
    expect(publishAll(crowds).reports.at(1)?.breakdown.byWilaya).toMatchObject([
      { people: null, transfers: null, suppressed: true },
      {},
      {},
    ]);
  });

  it('finds who is new where pay-outs outnumber those who were told of, if only a handful waits', () => {
    const crowds = [alike('female', '18-59', 190, '16', [1, 2]), alike('male', '0-5', 5, '16', [2])];
    const told = publishAll(crowds);
    expect(told.reports.slice(0, 2).map(({ transfers, reached }) => [transfers.inPeriod, reached.newPeople])).toEqual([
      [190, 190],
      [195, null],
    ]);
    const careless = told.reports.map((report) => ({
      ...report,
      steps: report.steps.map((step, i) => ({
        ...step,
        byKind: step.byKind.map((row) =>
          i === 1 && row.kind === 'one_time_grant' ? { ...row, amount: { amount: '19500.00', currency: 'DZD' } } : row,
        ),
      })),
    }));
    expect(attack(crowds, { ...told, reports: careless }, 10).leaks).toContainEqual({
      group: 'waiting after 2',
      truth: 5,
      least: 5,
      most: 9,
    });
  });

  it('finds who is beside the others in a second fund, if that breaks them down again', () => {
    const crowds = [
      { ...alike('female', '18-59', 200, '16', [1]), also: [2] },
      { ...alike('male', '60+', 1, '16', []), also: [2] },
    ];
    const told = publishAll(crowds);
    expect(told.reports.at(3)).toMatchObject({ reached: { people: 200, toldBefore: 200 }, breakdown: { people: 0 } });
    const careless = told.reports.map((report, i) =>
      report.fund.id === '0' || i < 3 ? report : { ...report, steps: [], reached: { ...report.reached, people: 201 } },
    );
    expect(attack(crowds, { ...told, reports: careless }).leaks.map(({ group }) => group)).toContain('new in 4');
  });

  it('finds what complements that are not hidden give away', () => {
    const crowds = [alike('female', '18-59', 200), alike('male', '18-59', 30), alike('female', '60+', 3, '31')];
    const told = publishAll(crowds);
    expect(attack(crowds, told).leaks).toEqual([]);
    // What the platform does not do: the village is hidden, and the town is not.
    const careless = told.reports.map((report) => ({
      ...report,
      steps: report.steps.map((step) => ({
        ...step,
        byWilaya: step.byWilaya.map((row) => (row.number === '16' ? { ...row, people: 230, suppressed: false } : row)),
      })),
    }));
    expect(attack(crowds, { ...told, reports: careless }).leaks).toContainEqual(
      expect.objectContaining({ group: 'wilaya 31 in 1', truth: 3, least: 3, most: 3 }),
    );
    // Nor this: people are hidden, and what they were paid is not.
    const priced = told.reports.map((report) => ({
      ...report,
      steps: report.steps.map((step) => ({
        ...step,
        byWilaya: step.byWilaya.map((row) => (row.number === '31' ? { ...row, amount: { amount: '300.00', currency: 'DZD' } } : row)),
      })),
    }));
    expect(attack(crowds, { ...told, reports: priced }).leaks.map(({ group }) => group)).toContain('pay-outs 31 in 1');
  });

  it('finds what two reports that differ by a handful give away', () => {
    const crowds = [alike('female', '18-59', 50, '16', [1, 2]), alike('male', '18-59', 3, '16', [2])];
    const all = publishAll(crowds);
    const told = { ...all, reports: all.reports.slice(0, 2) };
    expect(told.reports.map(({ reached }) => reached.people)).toEqual([50, 50]);
    const countedIn = new Map(crowds.map((crowd, i) => [crowd, i + 1]));
    const careless = told.reports.map((report) =>
      report.number === 1
        ? report
        : {
            ...report,
            reached: { ...report.reached, people: 53 },
            steps: report.steps.slice(0, 1),
            breakdown: told.reports[0]?.breakdown ?? report.breakdown,
          },
    );
    expect(attack(crowds, { ...told, reports: careless, countedIn, reachedIn: [countedIn] }).leaks).toContainEqual(
      expect.objectContaining({ group: 'all  in 2', least: 3 }),
    );
  });
});
