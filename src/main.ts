import { demoAccounts } from './demo-accounts.ts';
import { ConfigError, createLogger, readConfig, systemClock } from './platform/index.ts';
import { startServer } from './server.ts';

/** How long running work may take to finish before the process ends regardless. */
const PATIENCE_MS = 20_000;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const logger = createLogger(config.LOG_LEVEL);
  const platform = await startServer(config, systemClock, logger);
  if (platform.url) {
    logger.info({ url: platform.url }, 'listening');
    if (config.SANAD_ENV === 'development') process.stdout.write(await demoAccounts(platform, config.dataDir));
  }
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), PATIENCE_MS).unref();
    platform.stop().then(
      () => process.exit(0),
      (error) => {
        logger.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(
    error instanceof ConfigError ? `Sanad cannot start:\n${error.message}\n` : `${error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
});
