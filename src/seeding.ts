import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { system } from './access/index.ts';
import { loadGeography } from './offices/index.ts';
import { type Execute, packageRoot } from './platform/index.ts';

const seed = (name: string): Promise<string> => readFile(join(packageRoot, 'seeds', name), 'utf8');
const rowsOf = async (name: string): Promise<Record<string, string>[]> => parse(await seed(name), { bom: true, columns: true });

/** The pilot's programme: one signature for every list, a second from five million dinars on. */
export const pilotProgramme = {
  code: 'DZ-CASH-1',
  name: 'Cash assistance for people on the move, Algeria',
  currency: 'DZD',
  timeZone: 'Africa/Algiers',
  startsOn: '2026-01-01',
  endsOn: '2027-12-31',
  codeValidityDays: 60,
  holdThreshold: '0.8',
  duplicateLimit: '0.2',
  selfRegistrationOpen: false,
  requireStatedPurpose: false,
  approvalReminderDays: 2,
  approvalRules: [
    { fromAmount: '0', step: 1, role: 'approver' as const, signatures: 1 },
    { fromAmount: '5000000', step: 1, role: 'approver' as const, signatures: 2 },
  ],
  // The grant is owed to each person who qualifies, so several of one household are paid it.
  purposes: [
    { purpose: 'food_and_rent', overlap: 'refuse' as const, across: 'programmes' as const, per: 'person' as const, coversDays: 30 },
  ],
};

/** The 341 post offices, as a file. */
export const pilotOffices = (): Promise<string> => seed('algeria/post_offices.csv');

/** The pilot's 1,621 registrations, as a field office exported them. */
export const pilotRegistrations = (): Promise<string> => seed('pilot/registrations.csv');

/** The scorecards that are ready to be used, by the names of their files. */
export const readyScorecards = ['food-and-rent', 'general-vulnerability', 'reintegration'] as const;

/** A ready scorecard. */
export const readyScorecard = async (name: (typeof readyScorecards)[number]): Promise<unknown> =>
  JSON.parse(await seed(`scorecards/${name}.json`));

/** The scorecard of the pilot's grant. */
export const pilotScorecard = (): Promise<unknown> => readyScorecard('food-and-rent');

/** Loads the wilayas and communes of Algeria; what is known already stays as it is. */
export async function loadPilotGeography(execute: Execute): Promise<{ added: number }> {
  const geography = { wilayas: await rowsOf('algeria/wilayas.csv'), communes: await rowsOf('algeria/communes.csv') };
  return execute(loadGeography, geography, { actor: system });
}
