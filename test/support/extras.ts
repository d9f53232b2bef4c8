import { newId } from '../../src/platform/index.ts';
import type { Frame, Person } from './fixtures.ts';
import type { Client, TestPlatform } from './platform.ts';

/** How reintegration cash is paid in tests: at once, and when a trade is registered. */
export const someTranches = [
  { name: 'On arrival', share: '0.4', conditions: [{ name: 'Returned', evidenceAsked: 'Boarding pass' }] },
  {
    name: 'Trade',
    share: '0.6',
    conditions: [
      { name: 'Trade registered', evidenceAsked: 'Extract of the register' },
      { name: 'Premises seen', evidenceAsked: 'Report of the visit' },
    ],
  },
];

const plans = ({ programmeId }: Pick<Frame, 'programmeId'>) => `/v1/programmes/${programmeId}/plans`;

/** Makes a plan of whatever kind. @returns its id */
export async function makeKind(officer: Client, frame: Pick<Frame, 'programmeId'>, kind: string, terms: object): Promise<string> {
  const { status, body } = await officer.post(plans(frame), { kind, name: `Plan ${newId()}`, purpose: `purpose ${newId()}`, ...terms });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id;
}

export const makeReintegration = (officer: Client, frame: Pick<Frame, 'programmeId'>, tranches: object[] = someTranches): Promise<string> =>
  makeKind(officer, frame, 'reintegration_cash', { tranches });

/** Enters people in a plan of reintegration cash. @returns the draws of the plan, in the order of people and tranches */
export async function giveCeilings(
  officer: Client,
  planId: string,
  people: readonly Person[],
  ceiling = '100000.00',
): Promise<{ id: string }[]> {
  const named = people.map(({ id }) => ({ person: { beneficiaryId: id }, ceiling }));
  await officer.post(`/v1/plans/${planId}/ceilings`, { people: named }).expect(201);
  return (await officer.get(`/v1/plans/${planId}/draws?limit=200`).expect(200)).body.items;
}

/** Confirms every condition of a draw. */
export async function confirmAll(officer: Client, drawId: string): Promise<void> {
  const { body } = await officer.get(`/v1/draws/${drawId}`).expect(200);
  for (const { id } of body.conditions)
    await officer.post(`/v1/draws/${drawId}/confirmations`, { conditionId: id, evidence: 'RC-2026/114' }).expect(200);
}

/** A plan of cash-for-work in weeks from a day on, and a site for it. */
export async function makeWork(
  officer: Client,
  frame: Pick<Frame, 'programmeId'>,
  work: object = {},
  capacity = 100,
): Promise<{ planId: string; siteId: string }> {
  const terms = { dayRate: '1500.00', startsOn: '2026-03-01', endsOn: '2026-03-28', periodDays: 7, daysPerPeriod: 6, ...work };
  const planId = await makeKind(officer, frame, 'cash_for_work', { work: terms });
  const site = { name: `Site ${newId()}`, wilayaNumber: '16', capacity, supervisorId: officer.userId };
  const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/work-sites`, site).expect(201);
  return { planId, siteId: body.id };
}

/** Has people be registered, as they are today, before the days that tests have them work on. */
export const registeredBefore = ({ owner }: Pick<TestPlatform, 'owner'>, people: readonly Pick<Person, 'id'>[]): Promise<unknown> =>
  owner.query(`update beneficiaries set registered_at = '2026-01-01' where id = any($1)`, [people.map(({ id }) => id)]);

/** Rows of a sheet: somebody, the days of a month on which they worked, and how long. */
export const daysOf = ({ registrationNumber }: Person, days: readonly number[], presence = 'full'): object[] =>
  days.map((day) => ({ registrationNumber, day: `2026-03-${String(day).padStart(2, '0')}`, presence }));
