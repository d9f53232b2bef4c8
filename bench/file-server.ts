import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapUser, system, totpCode } from '../src/access/index.ts';
import { createLogger, readConfig, systemClock } from '../src/platform/index.ts';
import { createProgramme } from '../src/programmes/index.ts';
import { loadPilotGeography, pilotProgramme } from '../src/seeding.ts';
import { startServer } from '../src/server.ts';

// The server whose memory is looked at, with a programme and an officer in it.

/** What the process that looks needs to know. */
export interface Ready {
  readonly url: string;
  readonly token: string;
  readonly programmeId: string;
}

const dataDir = await mkdtemp(join(tmpdir(), 'sanad-files-'));
const config = readConfig({ SANAD_ENV: 'test', REQUESTS_PER_MINUTE: '0', SANAD_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' });
const server = await startServer(config, systemClock, createLogger(config.LOG_LEVEL));
const { execute } = server.app;
await loadPilotGeography(execute);
const { id: programmeId } = await execute(createProgramme, pilotProgramme, { actor: system });
const officer = { email: 'officer@example.org', password: randomBytes(15).toString('base64url') };
const { totpSecret } = await bootstrapUser(execute, { ...officer, displayName: 'Officer', language: 'en' }, [
  { role: 'enrolment_officer' },
]);
const signedIn = await fetch(`${server.url}/v1/sessions`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ ...officer, totp: totpCode(totpSecret, systemClock.now()) }),
});
const { token } = (await signedIn.json()) as { token: string };
process.send?.({ url: server.url ?? '', token, programmeId } satisfies Ready);
process.once('message', async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
  process.exit(0);
});
