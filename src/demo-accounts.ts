import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrapUser, type Role, system, totpCode } from './access/index.ts';
import { createFund, recordContribution } from './funding/index.ts';
import { importOffices } from './offices/index.ts';
import { sql } from './platform/index.ts';
import { createProgramme } from './programmes/index.ts';
import { loadPilotGeography, pilotOffices, pilotProgramme } from './seeding.ts';
import type { RunningPlatform } from './server.ts';

interface Account {
  readonly role: Role;
  readonly email: string;
  readonly password: string;
  readonly totpSecret: string;
}

const fileName = 'demo-accounts.json';

/**
 * What a newcomer needs to try the platform in development: on first start the pilot's frame and an account for each role, and on every
 * start their secrets. The accounts are kept in the data folder, readable by its owner alone.
 * @returns text to print
 */
export async function demoAccounts(platform: RunningPlatform, dataDir: string): Promise<string> {
  const file = join(dataDir, fileName);
  if (platform.isNew) writeFileSync(file, JSON.stringify(await firstStart(platform)), { mode: 0o600 });
  if (!existsSync(file)) return `\nSanad is listening on ${platform.url}\n`;
  const accounts = JSON.parse(readFileSync(file, 'utf8')) as Account[];
  const now = new Date();
  const lines = accounts.map(
    ({ role, email, password, totpSecret }) =>
      `  ${role.padEnd(18)} ${email.padEnd(30)} ${password}  ${totpSecret}  ${totpCode(totpSecret, now)}`,
  );
  return `
Sanad is listening on ${platform.url} (the contract is at ${platform.url}/docs)

Demo accounts of this development database (role, e-mail, password, TOTP secret, code of this moment):
${lines.join('\n')}

`;
}

async function firstStart({ app }: RunningPlatform): Promise<Account[]> {
  const { execute } = app;
  const actor = { actor: system };
  await loadPilotGeography(execute);
  await execute(importOffices, { csv: await pilotOffices() }, actor);
  const programme = await execute(createProgramme, pilotProgramme, actor);
  const fund = await execute(createFund, { programmeId: programme.id, donor: 'Example donor', agreement: 'DEMO-1' }, actor);
  const amount = { amount: '30000000.00', currency: programme.currency };
  await execute(recordContribution, { fundId: fund.id, amount, receivedOn: programme.startsOn, reference: 'DEMO-1/1' }, actor);
  const office = await app.database.reader.first<{ id: string }>(sql`select id from offices order by code limit 1`);
  const inProgramme = { programmeId: programme.id };
  const people: readonly (readonly [name: string, Role, { programmeId?: string; fundId?: string; officeId?: string | undefined }])[] = [
    ['administrator', 'administrator', {}],
    ['enrolment', 'enrolment_officer', inProgramme],
    ['programme', 'programme_officer', inProgramme],
    // Lists of five million dinars and more need two signatures.
    ['approver', 'approver', inProgramme],
    ['approver.two', 'approver', inProgramme],
    ['finance', 'finance_officer', inProgramme],
    // Who released a list does not reconcile it.
    ['finance.two', 'finance_officer', inProgramme],
    ['agent', 'agent', { officeId: office?.id }],
    ['auditor', 'auditor', {}],
    ['donor', 'donor', { fundId: fund.id }],
  ];
  const accounts: Account[] = [];
  for (const [name, role, scope] of people) {
    const email = `${name}@example.org`;
    const password = randomBytes(12).toString('base64url');
    const user = { email, displayName: `Demo ${name}`, language: 'en' as const, password };
    const { totpSecret } = await bootstrapUser(execute, user, [{ role, ...scope }]);
    accounts.push({ role, email, password, totpSecret });
  }
  return accounts;
}
