import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, readConfig, ShiftedClock } from '../../src/platform/index.ts';
import { startServer } from '../../src/server.ts';
import { livePilot } from './pilot.ts';
import { Stage } from './stage.ts';

/**
 * Lives the Algerian pilot over the real HTTP API, from an empty folder to the donor's report, and tells what it does.
 * Exits with 0 only when every figure adds up.
 */
async function main(): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sanad-demo-'));
  const stage = new Stage();
  const clock = new ShiftedClock();
  // The settings of whoever runs this point at their own servers, which a demonstration keeps away from.
  const config = readConfig({
    SANAD_ENV: 'development',
    SANAD_DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'error',
    // Who carries the messages, and the other system that is told what happens, listen on this machine.
    GATEWAY_PRIVATE_ADDRESSES: 'allow',
    WEBHOOK_PRIVATE_ADDRESSES: 'allow',
  });
  stage.chapter('Starting a PostgreSQL of its own and bringing it up to date');
  const platform = await startServer(config, clock, createLogger(config.LOG_LEVEL));
  try {
    stage.say(`Listening on ${platform.url}; everything that follows goes over HTTP.`);
    await livePilot(stage, platform, clock, dataDir);
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  return stage.curtain();
}

process.exitCode = (await main()) ? 0 : 1;
